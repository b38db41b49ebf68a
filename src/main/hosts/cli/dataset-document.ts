import { z } from 'zod';
import { levelOf } from '../../datasets/problems.ts';
import { remediesFor } from '../../datasets/remedies.ts';
import type { DatasetProblem, DatasetRow } from '../../store/datasets.ts';
import type { Cli } from './cli.ts';

export const countsSchema = z.strictObject({ train: z.int(), val: z.int(), test: z.int() });
export const problemsSchema = z.array(
  z.strictObject({ file: z.string(), kind: z.string(), message: z.string() }),
);

export const datasetSchema = z.strictObject({
  name: z.string(),
  format: z.string(),
  source: z.string(),
  imageRoot: z.string(),
  classNames: z.array(z.string()),
  template: z.string(),
  splitHash: z.string(),
  splitHashOf: z.enum(['content', 'listing']),
  preset: z.string().nullable(),
  madeSplit: z
    .strictObject({ seed: z.int(), ratio: z.tuple([z.number(), z.number(), z.number()]) })
    .nullable(),
  counts: countsSchema,
  clustered: z.boolean(),
  demo: z.boolean(),
  problems: problemsSchema,
  skipped: z.array(z.string()),
});

/** A dataset as `--json` prints it. */
export function documentOf(row: DatasetRow): z.infer<typeof datasetSchema> {
  const { id: _, createdAt: __, description: ___, licence: ____, ...document } = row;
  return document;
}

/** Of one kind of problem, those that are printed one by one. */
const SHOWN = 5;

/** Problems by their kind, with what can be done about them. */
export function tellProblems(cli: Cli, problems: readonly DatasetProblem[]): void {
  for (const [kind, same] of Map.groupBy(problems, (one) => one.kind)) {
    const word = levelOf(same[0] as DatasetProblem) === 'noted' ? 'Note' : 'Warning';
    for (const { file, message } of same.slice(0, SHOWN)) {
      cli.note(`${word} (${kind}): ${file}: ${message}`);
    }
    if (same.length > SHOWN) cli.note(`${word} (${kind}): and ${same.length - SHOWN} more.`);
  }
}

/** The remedies of a stored dataset's problems. */
export function tellRemedies(cli: Cli, dataset: DatasetRow): void {
  for (const { remedy, does, cures } of remediesFor(dataset)) {
    cli.note(`Remedy for ${cures} of these: --remedy ${remedy}, which ${does}.`);
  }
}
