import { csvOf } from '../csv.ts';
import { type ExportCell, type ExportTable, numberOf } from '../export-table.ts';

/**
 * Every row with every digit. Percent columns hold fractions. A column with values over seeds is three:
 * mean, standard deviation and number of seeds. The protocol stands in each row, so that no number
 * leaves it, and so does what was hidden on screen.
 */
export function tableCsv(table: ExportTable): string {
  const { columns, rows, protocol, hidden } = table;
  const spread = new Set(
    columns.filter(({ key }) => rows.some((row) => isMeasured(row[key]))).map(({ key }) => key),
  );
  const extra = [
    ['protocol', protocol],
    ...(hidden.length > 0 ? [['hidden on screen', hidden.join(', ')]] : []),
  ] as [string, string][];
  const head = columns.flatMap(({ key, title }) =>
    spread.has(key) ? [title, `${title} std`, `${title} seeds`] : [title],
  );
  const body = rows.map((row) =>
    columns.flatMap(({ key }) => (spread.has(key) ? ofSeeds(row[key]) : [plain(row[key])])),
  );
  return csvOf(
    [...head, ...extra.map(([title]) => title)],
    body.map((cells) => [...cells, ...extra.map(([, text]) => text)]),
  );
}

function isMeasured(cell: ExportCell | undefined): boolean {
  return typeof cell === 'object' && cell !== null;
}

function plain(cell: ExportCell | undefined): string | number | null {
  return typeof cell === 'string' ? cell : numberOf(cell);
}

function ofSeeds(cell: ExportCell | undefined): (string | number | null)[] {
  if (typeof cell !== 'object' || cell === null) return [plain(cell), null, null];
  return [numberOf(cell), cell.std, cell.n];
}
