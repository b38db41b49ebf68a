import { join } from 'node:path';
import { copyRows } from '../bundles/bundled-rows.ts';
import { openDatabase } from '../store/database.ts';
import { run } from '../store/statement.ts';
import { makeFolder } from '../workspace/make-folder.ts';
import type { Workspace } from '../workspace/workspace.ts';

/**
 * Makes a workspace in `folder` that knows a model and datasets of another one, where their files lie
 * too, and no run. Its database is one file, to be copied.
 */
export function copyWorkspace(
  source: Workspace,
  folder: string,
  { modelId, datasetIds }: { modelId: string; datasetIds: readonly string[] },
): void {
  makeFolder(folder);
  const db = openDatabase(join(folder, 'fapt.sqlite'));
  try {
    run(db, 'ATTACH DATABASE ? AS workspace', source.databaseFile);
    const copy = (table: string, where: string, values: Record<string, unknown>) =>
      copyRows(db, table, { from: 'workspace', to: 'main', where, values });
    const datasets = { ids: JSON.stringify(datasetIds) };
    db.transaction(() => {
      copy('models', 'id = :modelId', { modelId });
      copy('datasets', 'id IN (SELECT value FROM json_each(:ids))', datasets);
      copy('images', 'dataset_id IN (SELECT value FROM json_each(:ids))', datasets);
    })();
    db.exec('DETACH DATABASE workspace');
    db.pragma('journal_mode = DELETE');
  } finally {
    db.close();
  }
}
