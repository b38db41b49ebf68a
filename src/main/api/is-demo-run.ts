import type { Database } from '../store/database.ts';
import { getDataset } from '../store/datasets.ts';
import { getModel } from '../store/models.ts';
import type { RunRow } from '../store/runs.ts';

/** Whether a run is on the bundled model or data, so that its numbers are not the paper's. */
export function isDemoRun(db: Database, { datasetId, modelId }: RunRow): boolean {
  return getDataset(db, datasetId).demo || getModel(db, modelId).bundled;
}
