import type { Database } from '../store/database.ts';
import { newId } from '../store/ids.ts';
import { all, run as execute, one } from '../store/statement.ts';
import { copyRows, elsewhere } from './bundled-rows.ts';

/** Names of what was not in the workspace and is there now without its files. */
export type Adopted = { datasetsWithoutPictures: string[]; modelWithoutWeights: string | null };

type Place = { id: string; name: string; isNew: boolean };

/** Moves the rows of the attached `bundle` into the workspace's own tables. Within a transaction. */
export function adoptRows(db: Database, id: string): Adopted {
  db.exec('CREATE TEMP TABLE IF NOT EXISTS moved (old TEXT PRIMARY KEY, new TEXT NOT NULL)');
  db.exec('DELETE FROM temp.moved');
  const places = (table: 'models' | 'datasets', hash: string) =>
    all<{ id: string; name: string; hash: string }>(
      db,
      `SELECT id, name, ${hash} AS hash FROM bundle.${table}`,
    ).map((row) => placeOf(db, table, { ...row, column: hash, run: id }));
  const [model] = places('models', 'sha256');
  const datasets = places('datasets', 'split_hash');
  copyRun(db, id);
  return {
    datasetsWithoutPictures: datasets.flatMap(({ name, isNew }) => (isNew ? [name] : [])),
    modelWithoutWeights: model?.isNew ? model.name : null,
  };
}

/** The workspace's own row with the same hash, or the bundle's under a name and an id that are free. */
function placeOf(
  db: Database,
  table: 'models' | 'datasets',
  theirs: { id: string; name: string; hash: string; column: string; run: string },
): Place {
  const ours = one<{ id: string; name: string }>(
    db,
    `SELECT id, name FROM main.${table} WHERE ${theirs.column} = ? ORDER BY name = ? DESC LIMIT 1`,
    theirs.hash,
    theirs.name,
  );
  const isTaken = one(db, `SELECT 1 FROM main.${table} WHERE name = ?`, theirs.name) !== undefined;
  const name = isTaken ? `${theirs.name} (${theirs.run})` : theirs.name;
  const place = ours ? { ...ours, isNew: false } : { id: newId(), name, isNew: true };
  execute(db, 'INSERT INTO temp.moved VALUES (?, ?)', theirs.id, place.id);
  if (place.isNew) copyPlace(db, table, theirs.id, place);
  return place;
}

function copyPlace(db: Database, table: 'models' | 'datasets', old: string, place: Place): void {
  const common = { from: 'bundle', to: 'main' };
  const { id, name } = place;
  const columns = table === 'models' ? ['path'] : ['source', 'image_root'];
  const paths = Object.fromEntries(columns.map((column) => [column, elsewhere(column)]));
  const row = { where: 'id = :old', instead: { id: ':id', name: ':name', ...paths } };
  copyRows(db, table, { ...common, ...row, values: { old, id, name } });
  if (table === 'models') return;
  const images = { where: 'dataset_id = :old', instead: { dataset_id: ':id' } };
  copyRows(db, 'images', { ...common, ...images, values: { old, id } });
}

const moved = (column: string) => `(SELECT new FROM temp.moved WHERE old = ${column})`;
/** What was at work when it was bundled can be gone on with. */
const ended = `CASE WHEN status IN ('queued', 'running') THEN 'interrupted' ELSE status END`;

function copyRun(db: Database, id: string): void {
  const { offset } = one<{ offset: number }>(
    db,
    'SELECT coalesce(max(id), 0) AS offset FROM main.evaluations',
  ) ?? { offset: 0 };
  const copy = (
    table: string,
    where: string,
    instead: Record<string, string> = {},
    values: Record<string, unknown> = {},
  ) => copyRows(db, table, { from: 'bundle', to: 'main', where, instead, values });
  const ofRun = 'run_id = :id';
  const shifted = { evaluation_id: 'evaluation_id + :offset' };
  copy(
    'runs',
    'id = :id',
    {
      dataset_id: moved('dataset_id'),
      model_id: moved('model_id'),
      status: ended,
      owner_pid: 'NULL',
      deleted_at: 'NULL',
    },
    { id },
  );
  copy('metrics', ofRun, {}, { id });
  copy('checkpoints', ofRun, {}, { id });
  copy(
    'evaluations',
    ofRun,
    {
      id: 'id + :offset',
      dataset_id: moved('dataset_id'),
      status: ended,
      owner_pid: 'NULL',
    },
    { id, offset },
  );
  copy('outcomes', 'true', { ...shifted, perturbation: 'NULL' }, { offset });
  copy('stability', 'true', shifted, { offset });
  copy('tags', ofRun, {}, { id });
  // A tag that has a colour here keeps it.
  const tags = 'SELECT tag FROM bundle.tags WHERE run_id = :id';
  copy(
    'tag_colors',
    `tag IN (${tags}) AND tag NOT IN (SELECT tag FROM main.tag_colors)`,
    {},
    { id },
  );
  copy('notes', ofRun, { id: 'NULL' }, { id });
  copy('warnings', 'true', { id: 'NULL', ...shifted }, { offset });
}
