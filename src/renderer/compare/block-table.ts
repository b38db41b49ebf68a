import type { ComparedBlock, SidesReport } from '../../shared/api/compare.ts';
import type { ExportTable } from '../../shared/export-table.ts';
import { type BlockName, protocolSentence } from './protocol-sentence.ts';

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
    p: mcnemar.p,
    midP: mcnemar.midP,
  }));
  const { overSeeds: a } = block.a;
  const { overSeeds: b } = block.b;
  const all = {
    seed: 'mean',
    a: a ? { mean: a.mean, std: a.std, n: a.n } : block.a.accuracy,
    b: b ? { mean: b.mean, std: b.std, n: b.n } : block.b.accuracy,
    delta: block.delta,
    low: block.ci[0],
    high: block.ci[1],
    p: block.mcnemar.p,
    midP: block.mcnemar.midP,
  };
  return {
    name: `compare-${name}`,
    caption: `${name === 'robust' ? 'Robust' : 'Natural'} accuracy of ${report.a.title} (A) and ${report.b.title} (B)`,
    protocol: protocolSentence(report, name, block),
    columns: [
      { key: 'seed', title: 'Seed', kind: 'text' },
      { key: 'a', title: `A: ${report.a.title}`, kind: 'percent' },
      { key: 'b', title: `B: ${report.b.title}`, kind: 'percent' },
      { key: 'delta', title: 'B - A', kind: 'points' },
      { key: 'low', title: '95 % low', kind: 'points' },
      { key: 'high', title: '95 % high', kind: 'points' },
      { key: 'p', title: 'Exact p', kind: 'number', digits: 4 },
      { key: 'midP', title: 'Mid-p', kind: 'number', digits: 4 },
    ],
    rows: pairs.length > 1 ? [...pairs, all] : pairs,
    hidden: [],
  };
}
