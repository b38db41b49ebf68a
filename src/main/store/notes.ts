import { FaptError } from '../../shared/errors.ts';
import type { Database } from './database.ts';
import { all, one, run } from './statement.ts';

export type NoteRow = {
  id: number;
  runId: string;
  text: string;
  createdAt: number;
  updatedAt: number;
};

const COLUMNS = `notes.id, notes.run_id AS runId, notes.text, notes.created_at AS createdAt,
  notes.updated_at AS updatedAt`;

export function addNote(db: Database, runId: string, text: string): NoteRow {
  const now = Date.now();
  const { lastId } = run(
    db,
    'INSERT INTO notes (run_id, text, created_at, updated_at) VALUES (?, ?, ?, ?)',
    runId,
    text,
    now,
    now,
  );
  return { id: lastId, runId, text, createdAt: now, updatedAt: now };
}

/** Throws `note-unknown`. */
export function getNote(db: Database, id: number): NoteRow {
  const row = one<NoteRow>(db, `SELECT ${COLUMNS} FROM notes WHERE id = ?`, id);
  if (row) return row;
  throw new FaptError('note-unknown', 'This note is gone: another window removed it.');
}

export function updateNote(db: Database, id: number, text: string): void {
  run(db, 'UPDATE notes SET text = ?, updated_at = ? WHERE id = ?', text, Date.now(), id);
}

export function removeNote(db: Database, id: number): void {
  run(db, 'DELETE FROM notes WHERE id = ?', id);
}

export function listNotes(db: Database, runId: string): NoteRow[] {
  return all(db, `SELECT ${COLUMNS} FROM notes WHERE run_id = ? ORDER BY id`, runId);
}

/** Notes that hold every word of the query, best match first. */
export function searchNotes(db: Database, query: string): NoteRow[] {
  const match = ftsQuery(query);
  if (match === '') return [];
  return all(
    db,
    `SELECT ${COLUMNS} FROM notes_fts JOIN notes ON notes.id = notes_fts.rowid
     JOIN runs ON runs.id = notes.run_id
     WHERE notes_fts MATCH ? AND runs.deleted_at IS NULL ORDER BY rank`,
    match,
  );
}

/** What a person typed as an FTS5 query: each word quoted, so that none of it is syntax. */
export function ftsQuery(text: string): string {
  return text
    .split(/\s+/)
    .filter((word) => word !== '')
    .map((word) => `"${word.replaceAll('"', '""')}"*`)
    .join(' ');
}
