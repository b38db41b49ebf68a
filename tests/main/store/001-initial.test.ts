import Sqlite from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { migrate, schemaVersion } from '../../../src/main/store/migrate.ts';
import { initial } from '../../../src/main/store/migrations/001-initial.ts';
import { newRun, storeWithData } from './fixtures.ts';

describe('migration 1', () => {
  it('makes the schema in an empty database', () => {
    const db = new Sqlite(':memory:');
    migrate(db, [initial], () => {});
    expect(schemaVersion(db)).toBe(1);
    expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
    db.close();
  });

  it('every table of ours is strict', () => {
    const { db } = storeWithData();
    const tables = db
      .prepare(
        "SELECT name, strict FROM pragma_table_list WHERE type = 'table' AND schema = 'main'",
      )
      .all() as { name: string; strict: number }[];
    const loose = tables.filter(
      ({ name, strict }) => !strict && !name.startsWith('sqlite_') && !name.startsWith('notes_fts'),
    );
    expect(loose).toEqual([]);
    expect(tables.length).toBeGreaterThan(12);
  });

  it('refuses what no reader could make sense of', () => {
    const data = storeWithData();
    const run = newRun(data);
    const refuses = (sql: string): void => expect(() => data.db.exec(sql), sql).toThrow();
    refuses(`UPDATE runs SET status = 'done' WHERE id = '${run.id}'`);
    refuses(`UPDATE runs SET config = '{' WHERE id = '${run.id}'`);
    refuses(`UPDATE runs SET model_id = 'nobody' WHERE id = '${run.id}'`);
    refuses(`INSERT INTO metrics VALUES ('${run.id}', 'loss', 1, 1, NULL, 0, 0)`);
    refuses(`INSERT INTO metrics VALUES ('${run.id}', 'loss', 1, 1, 0.5, 1, 0)`);
    refuses(`DELETE FROM datasets`);
  });
});
