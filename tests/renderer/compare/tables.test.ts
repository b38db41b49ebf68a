import { describe, expect, it } from 'vitest';
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
