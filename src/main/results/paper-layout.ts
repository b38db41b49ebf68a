import type { ResultsColumn } from '../../shared/api/results.ts';
import type { ProtocolName } from '../../shared/api-protocol.ts';
import { METHODS } from '../../shared/method-catalogue.ts';
import {
  type BaseNewMeasure,
  type PaperCell,
  type PaperTables,
  paperDataset,
} from '../../shared/paper-tables.ts';
import { TERM_ROWS } from '../protocols/ablation.ts';
import { AVERAGE, type Measure, type Row, type Section } from '../protocols/plan.ts';

type Column = Omit<ResultsColumn, 'absent'>;

/** How the paper lays out one of its tables, and where ours stands in it. */
export type PaperLayout = {
  title: string;
  notes: string[];
  rows: readonly Row[];
  columns: Column[];
  /** Our section that has the same cells. */
  section: string;
  /** Whether every cell is a mean over the paper's datasets. */
  isMean: boolean;
  /** Our column behind one of the paper's; null where there is none. */
  ownColumn(column: Column, section: Section): string | null;
  paperCell(row: Row, column: Column, measure: Measure): PaperCell | null;
};

/**
 * The layout of a protocol's table in the paper; null for the few-shot curves, a picture without numbers.
 * @param isWhole whether our datasets are the paper's, all of them: only then do averages stand beside
 */
export function paperLayout(
  paper: PaperTables,
  protocol: ProtocolName,
  isWhole: boolean,
): PaperLayout | null {
  switch (protocol) {
    case 'few-shot':
      return null;
    case 'cross-dataset':
      return crossDataset(paper, isWhole);
    case 'base-to-new':
      return halves(
        paper.tables.baseToNew,
        isWhole,
        methodRows(paper.tables.baseToNew.rows),
        (row) => ({
          table: 'baseToNew',
          method: row.method,
        }),
      );
    case 'ablation':
      return halves(paper.tables.ablation, isWhole, TERM_ROWS, (row) => ({
        table: 'ablation',
        terms: row.terms ?? [],
      }));
  }
}

function methodRows(rows: { method: Row['method'] }[]): Row[] {
  return rows.map(({ method }) => ({ key: method, title: METHODS[method].title, method }));
}

function crossDataset(paper: PaperTables, isWhole: boolean): PaperLayout {
  const { title, notes, rows, trainedOn } = paper.tables.crossDataset;
  const datasets = paper.datasets.map(
    ({ name, printed }): Column => ({
      key: name,
      kind: name === trainedOn ? 'source' : 'dataset',
      name: printed,
    }),
  );
  return {
    title,
    notes,
    rows: methodRows(rows),
    columns: [...datasets, { key: AVERAGE, kind: 'average', name: '' }],
    section: 'cross-dataset',
    isMean: false,
    ownColumn({ key }, { columns }) {
      if (key === AVERAGE) return isWhole ? AVERAGE : null;
      return columns.find((own) => paperDataset(paper, own.key) === key)?.key ?? null;
    },
    paperCell: ({ method }, { key }, measure) => ({
      table: 'crossDataset',
      method,
      dataset: key === AVERAGE ? 'average' : key,
      measure,
    }),
  };
}

type HalfCell =
  | { table: 'baseToNew'; method: Row['method'] }
  | { table: 'ablation'; terms: readonly string[] };

function halves(
  { title, notes }: { title: string; notes: string[] },
  isWhole: boolean,
  rows: readonly Row[],
  cellOf: (row: Row) => HalfCell,
): PaperLayout {
  return {
    title,
    notes,
    rows,
    columns: (['base', 'new', 'harmonic'] as const).map((kind) => ({ key: kind, kind, name: '' })),
    section: AVERAGE,
    isMean: true,
    ownColumn: ({ key }) => (isWhole ? key : null),
    paperCell(row, { key }, measure) {
      if (key === 'harmonic') return null;
      const half: BaseNewMeasure = `${key as 'base' | 'new'}${measure === 'natural' ? 'Natural' : 'Robust'}`;
      return { ...cellOf(row), measure: half };
    },
  };
}
