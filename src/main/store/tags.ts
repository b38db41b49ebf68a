import { FaptError } from '../../shared/errors.ts';
import type { Database } from './database.ts';
import { all, run } from './statement.ts';

/** A tag that is there already stays as it is. Throws `tag-empty`. */
export function addTag(db: Database, runId: string, tag: string): void {
  const text = tag.trim();
  if (text === '')
    throw new FaptError('tag-empty', 'A tag needs at least one letter: type a word.');
  run(db, 'INSERT OR IGNORE INTO tags (run_id, tag) VALUES (?, ?)', runId, text);
}

export function removeTag(db: Database, runId: string, tag: string): void {
  run(db, 'DELETE FROM tags WHERE run_id = ? AND tag = ?', runId, tag.trim());
}

export function tagsOf(db: Database, runId: string): string[] {
  return all<{ tag: string }>(db, 'SELECT tag FROM tags WHERE run_id = ? ORDER BY tag', runId).map(
    (row) => row.tag,
  );
}

/** Every tag in use, with the number of its runs. */
export function listTags(db: Database): { tag: string; runs: number }[] {
  return all(
    db,
    `SELECT tag, count(*) AS runs FROM tags JOIN runs ON runs.id = tags.run_id
     WHERE runs.deleted_at IS NULL GROUP BY tag ORDER BY tag`,
  );
}
