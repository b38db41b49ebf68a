import { describe, expect, it } from 'vitest';
import { blockTable } from '../../../src/renderer/compare/block-table.ts';
import { configRows, configTable } from '../../../src/renderer/compare/config-rows.ts';
import { pairwiseTable } from '../../../src/renderer/compare/pairwise-table.ts';
import { rightTable } from '../../../src/renderer/compare/right-table.ts';
import type { ComparedBlock, SidesReport } from '../../../src/shared/api/compare.ts';
import { writeTable } from '../../../src/shared/tables/write-table.ts';

const side = (title: string) => ({
  title,
  method: title === 'FAP' ? ('fap' as const) : ('cba-fapt' as const),
  dataset: 'mammals',
  model: 'demo-clip',
  shots: 16,
  runs: [{ id: title, seed: 1, status: 'finished' as const }],
});
const report = {
  a: side('FAP'),
  b: side('CBA-FAPT'),
  attack: null,
  demo: false,
  configDifference: [
    { path: 'method', a: 'fap', b: 'cba-fapt' },
    { path: 'deviation', a: null, b: { stoppedAt: 3 } },
  ],
} as unknown as SidesReport;
const block = {
  n: 100,
  table: { both: 44, onlyA: 19, onlyB: 26, neither: 211 },
  bootstrap: { clustered: false },
  pairs: [1, 2, 3],
} as unknown as ComparedBlock;

describe('tables of Compare', () => {
  it('who is right leaves with its protocol and how it is summed', () => {
    const csv = writeTable(rightTable(report, 'natural', block), 'csv').split('\r\n');
    expect(csv[0]).toMatch(/^Side A,B right,B wrong,/i);
    expect(csv[1]).toMatch(/^right,44,19,.*no attack; n = 100.*Summed over 3 pairs/);
    expect(csv[2]).toMatch(/^wrong,26,211,/);
  });

  it('numbers leave with the interval over seeds and images, and what the test set could show', () => {
    const side = { accuracy: 0.5, overSeeds: null };
    const mcnemar = { aOnly: 1, bOnly: 3, p: 0.625, midP: 0.375 };
    const pair = { seed: 1, a: side, b: side, delta: 0.02, ci: [-0.01, 0.05], mcnemar };
    const common = { ...{ n: 100, a: side, b: side, delta: 0.02, ci: [-0.01, 0.05], mcnemar } };
    const bootstrap = { ci: [-0.03, 0.07], resamples: 10_000, seed: 1, seeds: 2, clusters: 25 };
    const of = (pairs: object[], clustered: boolean) =>
      blockTable(report, 'natural', {
        ...{ ...common, pairs, detectable: 0.055, bootstrap: { ...bootstrap, clustered } },
      } as unknown as ComparedBlock);
    const two = of([pair, { ...pair, seed: 2 }], true);
    expect(two.rows.map(({ seed, bootLow }) => [seed, bootLow])).toEqual([
      ...[
        ['1', null],
        ['2', null],
        ['mean', -0.03],
      ],
    ]);
    expect(two.protocol).toContain('10000 resamples of 2 seeds and 25 clusters, 95 %, seed 1');
    expect(two.protocol).toContain('could show >= 5.5 points');
    const one = of([pair], false);
    expect(one.rows).toMatchObject([{ seed: '1', bootLow: -0.03, bootHigh: 0.07 }]);
    expect(one.protocol).toContain("resamples of 25 images, 95 %, seed 1. p: McNemar's test.");
  });

  it('settings that differ are in words, beside their path', () => {
    const rows = configRows(
      report,
      (key) => key,
      (title) => title,
    );
    expect(rows).toEqual([
      { path: 'method', label: 'runs.columns.method', a: 'FAP', b: 'CBA-FAPT' },
      { path: 'deviation', label: 'deviation', a: 'common.none', b: '{"stoppedAt":3}' },
    ]);
    expect(writeTable(configTable(report, rows), 'markdown')).toContain('| deviation |');
  });

  it("Nemenyi's p has every pair and nothing on the diagonal", () => {
    const table = pairwiseTable(
      ['zero-shot', 'fap'],
      [
        [1, 0.02],
        [0.02, 1],
      ],
      'robust',
      'none.',
    );
    expect(table.rows.map((row) => [row['zero-shot'], row.fap])).toEqual([
      [null, 0.02],
      [0.02, null],
    ]);
  });
});
