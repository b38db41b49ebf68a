import { type Tag, type TagColor, tagColorSchema } from '../../shared/api/run-keeping.ts';
import { FaptError } from '../../shared/errors.ts';
import type { Database } from './database.ts';
import { all, one, run } from './statement.ts';

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

/** Every tag in use, with the number of its runs and its colour. */
export function listTags(db: Database): Tag[] {
  const rows = all<{ tag: string; runs: number; color: string | null }>(
    db,
    `SELECT tags.tag, count(*) AS runs, tag_colors.color FROM tags
     JOIN runs ON runs.id = tags.run_id LEFT JOIN tag_colors ON tag_colors.tag = tags.tag
     WHERE runs.deleted_at IS NULL GROUP BY tags.tag ORDER BY tags.tag`,
  );
  return rows.map((row) => ({ ...row, color: tagColorSchema.nullable().parse(row.color) }));
}

/** Throws `tag-exists` where the new name is in use. */
export function renameTag(db: Database, from: string, to: string): void {
  if (from === to) return;
  if (one(db, 'SELECT 1 FROM tags WHERE tag = ? LIMIT 1', to)) {
    throw new FaptError(
      'tag-exists',
      `A tag named "${to}" is there already: merge the two, or choose another name.`,
    );
  }
  mergeTags(db, [from], to);
}

/** Runs with any of `from` get `into`; a colour is taken over where `into` has none. */
export function mergeTags(db: Database, from: readonly string[], into: string): void {
  db.transaction(() => {
    for (const tag of from) {
      if (tag === into) continue;
      run(
        db,
        'INSERT OR IGNORE INTO tags (run_id, tag) SELECT run_id, ? FROM tags WHERE tag = ?',
        into,
        tag,
      );
      run(
        db,
        'INSERT OR IGNORE INTO tag_colors (tag, color) SELECT ?, color FROM tag_colors WHERE tag = ?',
        into,
        tag,
      );
      dropTag(db, tag);
    }
  })();
}

/** Takes a tag off every run. */
export function dropTag(db: Database, tag: string): void {
  run(db, 'DELETE FROM tags WHERE tag = ?', tag);
  run(db, 'DELETE FROM tag_colors WHERE tag = ?', tag);
}

export function colorTag(db: Database, tag: string, color: TagColor | null): void {
  if (color === null) run(db, 'DELETE FROM tag_colors WHERE tag = ?', tag);
  else run(db, 'INSERT OR REPLACE INTO tag_colors (tag, color) VALUES (?, ?)', tag, color);
}
