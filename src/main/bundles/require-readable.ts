import { z } from 'zod';
import { splitNameSchema } from '../../shared/api/datasets.ts';
import { tagColorSchema } from '../../shared/api/run-keeping.ts';
import { attackObservationSchema, attackProbeSchema } from '../../shared/attack-sanity.ts';
import { modelReportSchema } from '../../shared/engine-contract.ts';
import type { Database } from '../store/database.ts';
import { getDataset } from '../store/datasets.ts';
import { listEvaluations } from '../store/evaluations.ts';
import { getModel } from '../store/models.ts';
import { getRun, runSample } from '../store/runs.ts';
import { all } from '../store/statement.ts';

const textsSchema = z.array(z.string());
const problemsSchema = z.array(
  z.object({ file: z.string(), kind: z.string(), message: z.string() }),
);

/**
 * Reads back what was taken from a bundle, within its transaction: one value that the store cannot
 * read would otherwise break every list that it stands in. Throws on the first such value.
 */
export function requireReadable(db: Database, id: string): void {
  const run = getRun(db, id);
  const { method, shots, seed } = run.config;
  if (method !== run.method || shots !== run.shots || seed !== run.seed) {
    throw new Error('its settings are not those of its run');
  }
  textsSchema.parse(runSample(db, id));
  z.array(z.int().min(0)).nullable().parse(run.classCounts);
  modelReportSchema.parse(getModel(db, run.modelId).report);
  const evaluations = listEvaluations(db, id);
  for (const { observed, probe } of evaluations) {
    attackObservationSchema.nullable().parse(observed);
    attackProbeSchema.nullable().parse(probe);
  }
  const datasets = new Set([run.datasetId, ...evaluations.map(({ datasetId }) => datasetId)]);
  for (const dataset of datasets) requireDataset(db, dataset);
  const colors = all<{ color: string }>(
    db,
    'SELECT color FROM tag_colors WHERE tag IN (SELECT tag FROM tags WHERE run_id = ?)',
    id,
  );
  for (const { color } of colors) tagColorSchema.parse(color);
}

function requireDataset(db: Database, id: string): void {
  const { classNames, problems, skipped, madeSplit } = getDataset(db, id);
  const made = z.object({ seed: z.int(), ratio: z.array(z.number()).length(3) });
  textsSchema.parse(classNames);
  textsSchema.parse(skipped);
  problemsSchema.parse(problems);
  made.nullable().parse(madeSplit);
  for (const split of splitNameSchema.options) requireLists(db, id, split, classNames.length);
}

/** Labels that have a name, and files below the folder of the pictures. */
function requireLists(db: Database, id: string, split: string, classes: number): void {
  const slashed = (column: string) => `'/' || replace(${column}, '\\', '/') || '/'`;
  const [strange] = all<{ path: string }>(
    db,
    `SELECT path FROM images WHERE dataset_id = ? AND split = ? AND (label >= ?
       OR instr(${slashed('path')}, '/../') OR instr(${slashed("coalesce(file, '')")}, '/../'))
     LIMIT 1`,
    id,
    split,
    classes,
  );
  if (strange) throw new Error(`its image "${strange.path}" has no place in its dataset`);
}
