import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDatabase } from '../../../src/main/store/database.ts';
import { type Migration, migrate, schemaVersion } from '../../../src/main/store/migrate.ts';
import { MIGRATIONS } from '../../../src/main/store/migrations/index.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fapt-migrate-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const first: Migration = { version: 1, name: 'first', sql: 'CREATE TABLE t (a INTEGER) STRICT' };
const second: Migration = {
  version: 2,
  name: 'second',
  sql: 'ALTER TABLE t ADD COLUMN b TEXT; UPDATE t SET b = a * 10',
};
const broken: Migration = {
  version: 2,
  name: 'broken',
  sql: 'ALTER TABLE t ADD COLUMN b TEXT; UPDATE nowhere SET x = 1',
};

describe('migrate', () => {
  it('numbers follow one another from 1', () => {
    expect(MIGRATIONS.map(({ version }) => version)).toEqual(MIGRATIONS.map((_, i) => i + 1));
  });

  it('brings a database with rows up, and keeps a copy from before', () => {
    const file = join(folder, 'a.sqlite');
    const lines: string[] = [];
    const db = new Sqlite(file);
    migrate(db, [first], (line) => lines.push(line));
    expect(lines).toEqual([]);
    db.exec('INSERT INTO t VALUES (4)');
    migrate(db, [first, second], (line) => lines.push(line));
    expect(db.prepare('SELECT a, b FROM t').all()).toEqual([{ a: 4, b: '40' }]);
    expect(schemaVersion(db)).toBe(2);
    expect(lines).toHaveLength(1);
    db.close();
    const copy = new Sqlite(`${file}.before-v2`, { readonly: true });
    expect(copy.prepare('SELECT * FROM t').all()).toEqual([{ a: 4 }]);
    copy.close();
  });

  it('a migration that fails leaves the version before it, whole', () => {
    const db = new Sqlite(join(folder, 'b.sqlite'));
    migrate(db, [first], () => {});
    expect(() => migrate(db, [first, broken], () => {})).toThrow('schema version 2 (broken)');
    expect(schemaVersion(db)).toBe(1);
    expect(db.prepare('PRAGMA table_info(t)').all()).toHaveLength(1);
    db.close();
  });

  it('the copy from before is made anew after a failed attempt', () => {
    const file = join(folder, 'c.sqlite');
    const db = new Sqlite(file);
    migrate(db, [first], () => {});
    expect(() => migrate(db, [first, broken], () => {})).toThrow();
    db.exec('INSERT INTO t VALUES (5)');
    migrate(db, [first, second], () => {});
    db.close();
    const copy = new Sqlite(`${file}.before-v2`, { readonly: true });
    expect(copy.prepare('SELECT * FROM t').all()).toEqual([{ a: 5 }]);
    copy.close();
  });
});

describe('openDatabase', () => {
  it('refuses a database of a later version and leaves it alone', () => {
    const file = join(folder, 'new.sqlite');
    const db = new Sqlite(file);
    db.pragma('user_version = 999');
    db.close();
    expect(() => openDatabase(file)).toThrow('has schema version 999');
    expect(() => openDatabase(file, { readonly: true })).toThrow('update FAPT Studio');
    const again = new Sqlite(file);
    expect(schemaVersion(again)).toBe(999);
    again.close();
  });

  it('says in a sentence that a file is no database', () => {
    const file = join(folder, 'broken.sqlite');
    writeFileSync(
      file,
      'this is no database, though it is long enough to be read as one'.repeat(9),
    );
    expect(() => openDatabase(file)).toThrow(/cannot be opened .*not a database/);
  });

  it('a reader makes no file', () => {
    const file = join(folder, 'none.sqlite');
    expect(() => openDatabase(file, { readonly: true })).toThrow('cannot be opened');
    expect(existsSync(file)).toBe(false);
  });

  it('uses the write-ahead log and foreign keys', () => {
    const db = openDatabase(join(folder, 'd.sqlite'));
    expect(db.pragma('journal_mode', { simple: true })).toBe('wal');
    expect(db.pragma('foreign_keys', { simple: true })).toBe(1);
    expect(db.pragma('busy_timeout', { simple: true })).toBe(10_000);
    db.close();
  });
});
