import type { ComparedBlock, SidesReport } from '../../shared/api/compare.ts';
import type { ExportTable } from '../../shared/export-table.ts';
import { type BlockName, protocolSentence } from './protocol-sentence.ts';

/** It is of all seeds together. */
const NO_BOOTSTRAP = { bootLow: null, bootHigh: null };

/** Seed by seed and over all of them, as a table that leaves the application. */
export function blockTable(
  report: SidesReport,
  name: BlockName,
  block: ComparedBlock,
): ExportTable {
  const pairs = block.pairs.map(({ seed, a, b, delta, ci, mcnemar }) => ({
    seed: String(seed),
    a: a.accuracy,
    b: b.accuracy,
    delta,
    low: ci[0],
    high: ci[1],
    ...NO_BOOTSTRAP,
    p: mcnemar.p,
    midP: mcnemar.midP,
  }));
  const { ci } = block.bootstrap;
  const bootstrapped = ci ? { bootLow: ci[0], bootHigh: ci[1] } : NO_BOOTSTRAP;
  const { overSeeds: a } = block.a;
  const { overSeeds: b } = block.b;
  const all = {
    seed: 'mean',
    a: a ? { mean: a.mean, std: a.std, n: a.n } : block.a.accuracy,
    b: b ? { mean: b.mean, std: b.std, n: b.n } : block.b.accuracy,
    delta: block.delta,
    low: block.ci[0],
    high: block.ci[1],
    ...bootstrapped,
    p: block.mcnemar.p,
    midP: block.mcnemar.midP,
  };
  return {
    name: `compare-${name}`,
    caption: `${name === 'robust' ? 'Robust' : 'Natural'} accuracy of ${report.a.title} (A) and ${report.b.title} (B)`,
    protocol: `${protocolSentence(report, name, block)} ${methodSentence(block)}`,
    columns: [
      { key: 'seed', title: 'Seed', kind: 'text' },
      { key: 'a', title: `A: ${report.a.title}`, kind: 'percent' },
      { key: 'b', title: `B: ${report.b.title}`, kind: 'percent' },
      { key: 'delta', title: 'B - A', kind: 'points' },
      { key: 'low', title: '95 % low', kind: 'points' },
      { key: 'high', title: '95 % high', kind: 'points' },
      { key: 'bootLow', title: 'Bootstrap low', kind: 'points' },
      { key: 'bootHigh', title: 'Bootstrap high', kind: 'points' },
      { key: 'p', title: 'Exact p', kind: 'number', digits: 4 },
      { key: 'midP', title: 'Mid-p', kind: 'number', digits: 4 },
    ],
    rows: pairs.length > 1 ? [...pairs, all] : pairs.map((pair) => ({ ...pair, ...bootstrapped })),
    hidden: [],
  };
}

/** How intervals and p-values came about, and what the test set could show. */
function methodSentence({ pairs, bootstrap, detectable }: ComparedBlock): string {
  const { resamples, seed, seeds, clusters, clustered } = bootstrap;
  const isOne = pairs.length === 1;
  const units = `${isOne ? '' : `${seeds} seeds and `}${clusters} ${clustered ? 'clusters' : 'images'}`;
  const test = isOne
    ? "McNemar's test"
    : "McNemar's test of each seed, sign test over images of the mean";
  const shown =
    detectable === null
      ? ''
      : ` This test set could show >= ${(100 * detectable).toFixed(1)} points (McNemar, two-sided 0.05, power 0.8, at the observed discordance).`;
  return `95 %: Bonett-Price over images. Bootstrap: ${resamples} resamples of ${units}, 95 %, seed ${seed}. p: ${test}.${shown}`;
}
