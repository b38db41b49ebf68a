/** A measured value over seeds; `std` is null for one seed. */
export type Measured = { mean: number; std: number | null; n: number };
/** null: not measured. Percent columns hold fractions. */
export type ExportCell = string | number | null | Measured;

export type ExportColumn = {
  key: string;
  title: string;
  /** `percent`: fractions, printed in percent; `points`: differences of fractions, with their sign. */
  kind: 'text' | 'number' | 'percent' | 'points';
  /** Decimals that are printed; 1 where it is left out. CSV has every digit. */
  digits?: number;
  /** Which value of the column is printed bold, the next one underlined; none where left out. */
  best?: 'highest' | 'lowest';
};

/** A table as it leaves the application, whatever the file's format. */
export type ExportTable = {
  /** Becomes the file's name and LaTeX's label. */
  name: string;
  caption: string;
  /** The protocol of its numbers in one sentence: attack, size, steps, images, seeds. */
  protocol: string;
  columns: readonly ExportColumn[];
  /** Every row, those that a screen does not show too. */
  rows: readonly Readonly<Record<string, ExportCell>>[];
  /** What was hidden on screen, in words; none where everything was shown. */
  hidden: readonly string[];
  /** Rows that take no part in the marking of the best, by index. */
  unranked?: readonly number[];
};

/** The number of a cell that has one. */
export function numberOf(cell: ExportCell | undefined): number | null {
  if (typeof cell === 'number') return Number.isFinite(cell) ? cell : null;
  if (cell === null || cell === undefined || typeof cell === 'string') return null;
  return Number.isFinite(cell.mean) ? cell.mean : null;
}

/** `Not shown on screen: A, B.`; empty where nothing was hidden. */
export function hiddenSentence(hidden: readonly string[]): string {
  return hidden.length === 0 ? '' : `Not shown on screen: ${hidden.join(', ')}.`;
}
