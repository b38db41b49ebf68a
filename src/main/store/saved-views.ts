import { type SavedView, type ViewQuery, viewQuerySchema } from '../../shared/api/saved-views.ts';
import { FaptError } from '../../shared/errors.ts';
import type { Database } from './database.ts';
import { all, one, run } from './statement.ts';

type Stored = { id: number; name: string; query: string };

const SELECT = 'SELECT id, name, query FROM saved_views';

/** By name. */
export function listViews(db: Database): SavedView[] {
  return all<Stored>(db, `${SELECT} ORDER BY name`).map(fromStored);
}

/** Throws `view-unknown`. */
function getView(db: Database, id: number): SavedView {
  const row = one<Stored>(db, `${SELECT} WHERE id = ?`, id);
  if (row) return fromStored(row);
  throw new FaptError('view-unknown', 'This view is gone: another window removed it.');
}

/** Throws `view-exists`. */
export function addView(db: Database, name: string, query: ViewQuery): SavedView {
  refuseTaken(db, name, null);
  const text = JSON.stringify(query);
  const { lastId } = run(db, 'INSERT INTO saved_views (name, query) VALUES (?, ?)', name, text);
  return getView(db, lastId);
}

/** Throws `view-unknown`, `view-exists`. */
export function updateView(
  db: Database,
  id: number,
  changes: { name?: string | undefined; query?: ViewQuery | undefined },
): SavedView {
  const view = getView(db, id);
  const name = changes.name ?? view.name;
  refuseTaken(db, name, id);
  const query = JSON.stringify(changes.query ?? view.query);
  run(db, 'UPDATE saved_views SET name = ?, query = ? WHERE id = ?', name, query, id);
  return getView(db, id);
}

export function removeView(db: Database, id: number): void {
  run(db, 'DELETE FROM saved_views WHERE id = ?', id);
}

function refuseTaken(db: Database, name: string, except: number | null): void {
  const taken = one<{ id: number }>(db, 'SELECT id FROM saved_views WHERE name = ?', name);
  if (!taken || taken.id === except) return;
  throw new FaptError(
    'view-exists',
    `A view named "${name}" is there already: choose another name.`,
  );
}

function fromStored({ id, name, query }: Stored): SavedView {
  return { id, name, query: viewQuerySchema.parse(JSON.parse(query)) };
}
