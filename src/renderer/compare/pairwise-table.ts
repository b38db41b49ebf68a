import type { ExportTable } from '../../shared/export-table.ts';
import { METHODS } from '../../shared/method-catalogue.ts';
import type { MethodName } from '../../shared/run-config.ts';
import type { BlockName } from './protocol-sentence.ts';

/** Nemenyi's p of each pair of methods, as a table that leaves the application. */
export function pairwiseTable(
  methods: readonly MethodName[],
  pairwise: readonly (readonly number[])[],
  name: BlockName,
  protocol: string,
): ExportTable {
  return {
    name: `nemenyi-${name}`,
    caption: `Nemenyi's p of each pair of methods, ${name} accuracy`,
    protocol,
    columns: [
      { key: 'method', title: 'Method', kind: 'text' },
      ...methods.map((method) => ({
        key: method,
        title: METHODS[method].title,
        kind: 'number' as const,
        digits: 4,
      })),
    ],
    rows: methods.map((method, row) => ({
      method: METHODS[method].title,
      ...Object.fromEntries(
        methods.map((other, column) => [
          other,
          row === column ? null : (pairwise[row]?.[column] ?? null),
        ]),
      ),
    })),
    hidden: [],
  };
}
