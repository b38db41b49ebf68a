import type {
  ResultsCell,
  ResultsColumn,
  ResultsReport,
  ResultsTable,
  ResultsValue,
} from '../../shared/api/results.ts';
import type { Measured, ProtocolTable } from '../../shared/api-protocol.ts';
import { type PaperTables, paperCell } from '../../shared/paper-tables.ts';
import type { CellState } from '../protocols/cell-states.ts';
import { AVERAGE, type Measure, type Plan, type Row, type Section } from '../protocols/plan.ts';
import type { PaperLayout } from './paper-layout.ts';

type Unlike = ResultsReport['unlike'];

/** What is there of ours: the plan, its tables in the order of its sections, and its runs' states. */
export type Ours = { plan: Plan; tables: ProtocolTable[]; states: CellState[] };

/** The tables of a protocol that stands alone. */
export function ownTables(ours: Ours, skipped: readonly string[] = []): ResultsTable[] {
  const { plan, tables } = ours;
  return plan.sections.flatMap((section, index) => {
    if (skipped.includes(section.key)) return [];
    const table = tables[index] as ProtocolTable;
    const rows = plan.rows.map((row) => ({
      key: row.key,
      title: row.title,
      method: row.method,
      cells: section.columns.map(({ key }) => {
        const found = cellOf(table, row.key, key);
        const value = (measure: Measure) => valueAt(found?.[measure] ?? null, null, false);
        const runs = runsBehind(ours, section, row.key, key);
        return { column: key, natural: value('natural'), robust: value('robust'), runs };
      }),
    }));
    const columns = section.columns.map((column) => ownColumn(plan, column.key));
    return [{ ...titleOf(plan, section), columns, rows }];
  });
}

/** The paper's table with ours in its cells; without ours it is the paper's alone. */
export function paperTable(
  paper: PaperTables,
  layout: PaperLayout,
  ours: Ours | null,
  unlike: Unlike,
): ResultsTable {
  const section = ours?.plan.sections.find(({ key }) => key === layout.section) ?? null;
  const table = section && ours?.tables[ours.plan.sections.indexOf(section)];
  const columns = layout.columns.map((column) => {
    const own = section ? layout.ownColumn(column, section) : null;
    return { column, own };
  });
  const rows = rowsOf(layout, ours).map((row) => ({
    key: row.key,
    title: row.title,
    method: row.method,
    cells: columns.map(({ column, own }): ResultsCell => {
      const found = table && own ? cellOf(table, row.key, own) : null;
      const value = (measure: Measure) => {
        const printed = layout.paperCell(row, column, measure);
        const isUnlike = unlike[measure].some(
          ({ dataset }) =>
            dataset === null ||
            column.kind === 'average' ||
            layout.isMean ||
            dataset === column.key,
        );
        return valueAt(found?.[measure] ?? null, printed && paperCell(paper, printed), isUnlike);
      };
      const runs = ours && section && own ? runsBehind(ours, section, row.key, own) : [];
      return { column: column.key, natural: value('natural'), robust: value('robust'), runs };
    }),
  }));
  return {
    key: 'paper',
    kind: 'paper',
    name: layout.title,
    count: layout.isMean ? paper.datasets.length : 1,
    columns: columns.map(({ column, own }) => ({
      ...column,
      absent: own !== null || !ours ? null : column.kind === 'dataset' ? 'dataset' : 'some',
    })),
    rows,
  };
}

/** The paper's rows in its order, then our further methods. */
function rowsOf(layout: PaperLayout, ours: Ours | null): Row[] {
  const known = new Set(layout.rows.map(({ key }) => key));
  return [...layout.rows, ...(ours?.plan.rows ?? []).filter(({ key }) => !known.has(key))];
}

function valueAt(ours: Measured | null, paper: number | null, isUnlike: boolean): ResultsValue {
  const isBeside = ours !== null && paper !== null;
  const unlike = isBeside && isUnlike;
  if (!isBeside || unlike) return { ours, paper, difference: null, differenceCi: null, unlike };
  return {
    ours,
    paper,
    difference: ours.mean - paper,
    differenceCi: ours.ci && [ours.ci[0] - paper, ours.ci[1] - paper],
    unlike,
  };
}

function cellOf(table: ProtocolTable, row: string, column: string) {
  const cells = table.rows.find(({ key }) => key === row)?.cells;
  return cells?.find((cell) => cell.column === column) ?? null;
}

/** Titles of the runs that a place is made of, whatever it averages. */
function runsBehind({ plan }: Ours, section: Section, row: string, column: string): string[] {
  const sections = section.meanOf ?? [section.key];
  const columns = section.columns.find(({ key }) => key === column)?.from?.columns ?? [column];
  return plan.cells
    .filter(
      (cell) =>
        cell.row === row &&
        cell.tests.some((test) => sections.includes(test.section) && columns.includes(test.column)),
    )
    .map(({ title }) => title);
}

function titleOf({ protocol }: Plan, { key, meanOf, title }: Section) {
  if (protocol === 'cross-dataset') {
    return { key, kind: 'cross-dataset' as const, name: title, count: 1 };
  }
  if (meanOf) return { key, kind: 'average' as const, name: '', count: meanOf.length };
  return { key, kind: 'dataset' as const, name: title, count: 1 };
}

function ownColumn({ protocol, cells }: Plan, key: string): ResultsColumn {
  const column = (kind: ResultsColumn['kind'], name = key): ResultsColumn => ({
    key,
    kind,
    name,
    absent: null,
  });
  if (key === AVERAGE) return column('average', '');
  if (protocol === 'few-shot') return column('shots');
  if (protocol !== 'cross-dataset') return column(key as 'base' | 'new' | 'harmonic', '');
  return column(cells.some(({ config }) => config.dataset === key) ? 'source' : 'dataset');
}
