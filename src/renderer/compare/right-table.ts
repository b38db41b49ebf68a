import type { ComparedBlock, SidesReport } from '../../shared/api/compare.ts';
import type { ExportTable } from '../../shared/export-table.ts';
import { type BlockName, protocolSentence } from './protocol-sentence.ts';

/** Images by who is right about them, as a table that leaves the application. */
export function rightTable(
  report: SidesReport,
  name: BlockName,
  block: ComparedBlock,
): ExportTable {
  const { both, onlyA, onlyB, neither } = block.table;
  const pairs = block.pairs.length;
  const summed = pairs > 1 ? ` Summed over ${pairs} pairs of runs.` : '';
  return {
    name: `right-${name}`,
    caption: `Images that ${report.a.title} (A) and ${report.b.title} (B) have right`,
    protocol: `${protocolSentence(report, name, block)}${summed}`,
    columns: [
      { key: 'a', title: 'Side A', kind: 'text' },
      { key: 'right', title: 'B right', kind: 'number', digits: 0 },
      { key: 'wrong', title: 'B wrong', kind: 'number', digits: 0 },
    ],
    rows: [
      { a: 'right', right: both, wrong: onlyA },
      { a: 'wrong', right: onlyB, wrong: neither },
    ],
    hidden: [],
  };
}
