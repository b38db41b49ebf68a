import { z } from 'zod';
import { type MethodName, methodNameSchema } from './run-config.ts';

/** Accuracy in percent, as printed. */
const percent = z.number().min(0).max(100);
const count = z.int().min(1);
const notes = z.array(z.string());

const perDataset = z.strictObject({ average: percent, datasets: z.record(z.string(), percent) });
const baseAndNew = {
  baseNatural: percent,
  baseRobust: percent,
  newNatural: percent,
  newRobust: percent,
};
const halves = { title: z.string(), shots: count, epochs: count, datasets: z.string(), notes };

/** The published numbers that ours stand beside: one document a paper. */
export const paperTablesSchema = z.strictObject({
  source: z.strictObject({
    authors: z.string(),
    year: z.int(),
    title: z.string(),
    venue: z.string(),
    /** The paper's own method. */
    method: methodNameSchema,
  }),
  unit: z.literal('percent'),
  setup: z.strictObject({ stated: z.record(z.string(), z.json()), notStated: z.array(z.string()) }),
  /** In the order of the tables; `printed` is the paper's name, aliases are other names in use. */
  datasets: z.array(
    z.strictObject({ name: z.string(), printed: z.string(), aliases: z.array(z.string()) }),
  ),
  tables: z.strictObject({
    crossDataset: z.strictObject({
      title: z.string(),
      trainedOn: z.string(),
      shots: count,
      epochs: count,
      rows: z.array(
        z.strictObject({
          method: methodNameSchema,
          printed: z.string(),
          natural: perDataset,
          robust: perDataset,
        }),
      ),
      notes,
    }),
    baseToNew: z.strictObject({
      ...halves,
      rows: z.array(
        z.strictObject({ method: methodNameSchema, printed: z.string(), ...baseAndNew }),
      ),
    }),
    ablation: z.strictObject({
      ...halves,
      method: methodNameSchema,
      rows: z.array(
        z.strictObject({ terms: z.array(z.string()), printed: z.string(), ...baseAndNew }),
      ),
    }),
    /** A picture without numbers. */
    fewShot: z.strictObject({
      title: z.string(),
      shots: z.array(count),
      rows: z.null(),
      notes,
    }),
  }),
});
export type PaperTables = z.infer<typeof paperTablesSchema>;

export type BaseNewMeasure = keyof typeof baseAndNew;

/** One cell of the paper. `dataset` is any name of a dataset, or `average`; the halves are averages. */
export type PaperCell =
  | {
      table: 'crossDataset';
      method: MethodName;
      dataset: string;
      measure: 'natural' | 'robust';
    }
  | { table: 'baseToNew'; method: MethodName; dataset?: 'average'; measure: BaseNewMeasure }
  | { table: 'ablation'; terms: readonly string[]; dataset?: 'average'; measure: BaseNewMeasure }
  | {
      table: 'fewShot';
      method: MethodName;
      dataset: string;
      shots: number;
      measure: 'natural' | 'robust';
    };

/** A published accuracy as a fraction; null where the paper prints none. */
export function paperCell(paper: PaperTables, cell: PaperCell): number | null {
  const printed = printedCell(paper, cell);
  // Two printed decimals make a whole number, whose quotient is the double nearest to the fraction.
  return printed === undefined ? null : Math.round(printed * 100) / 10_000;
}

function printedCell(paper: PaperTables, cell: PaperCell): number | undefined {
  const { crossDataset, baseToNew, ablation } = paper.tables;
  switch (cell.table) {
    case 'crossDataset': {
      const values = crossDataset.rows.find(({ method }) => method === cell.method)?.[cell.measure];
      if (cell.dataset === 'average') return values?.average;
      return values?.datasets[paperDataset(paper, cell.dataset) ?? ''];
    }
    case 'baseToNew':
      return baseToNew.rows.find(({ method }) => method === cell.method)?.[cell.measure];
    case 'ablation':
      return ablation.rows.find(({ terms }) => isSameSet(terms, cell.terms))?.[cell.measure];
    case 'fewShot':
      return undefined;
  }
}

/** The paper's dataset of that name, whatever its spelling (`oxford_pets`, `dtd`); null for others. */
export function paperDataset(paper: PaperTables, name: string): string | null {
  const wanted = plain(name);
  const found = paper.datasets.find(({ name, printed, aliases }) =>
    [name, printed, ...aliases].some((known) => plain(known) === wanted),
  );
  return found?.name ?? null;
}

/** Letters and digits alone, in lower case, without the prefix of the published split files. */
function plain(name: string): string {
  return name
    .toLowerCase()
    .replace(/^split_zhou_/, '')
    .replaceAll(/[^a-z0-9]/g, '');
}

function isSameSet(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((term) => b.includes(term));
}
