import Sqlite from 'better-sqlite3';
import { expect, it } from 'vitest';
import { diskSentence } from '../../../src/main/hosts/cli/disk-sentence.ts';

const failure = (code: string) => Object.assign(new Error('as the system says it'), { code });

it.each([
  ['ENOSPC', 'The disk is full (as the system says it): free some space, then do it again.'],
  ['SQLITE_FULL', /^The disk is full/],
  ['EACCES', /^A file could not be written \(as the system says it\): check its permissions/],
  ['SQLITE_READONLY_DIRECTORY', /^A file could not be written/],
  ['SQLITE_IOERR_WRITE', /^The disk does not answer/],
  ['SQLITE_CORRUPT', /^The workspace's database is damaged/],
])('%s has a sentence of its own', (code, sentence) => {
  expect(diskSentence(failure(code))).toMatch(sentence);
});

it('knows what SQLite throws where its file has no more room', () => {
  const db = new Sqlite(':memory:');
  db.pragma('max_page_count = 2');
  db.exec('CREATE TABLE t (a BLOB)');
  const fill = () => db.prepare('INSERT INTO t VALUES (zeroblob(100000))').run();
  try {
    fill();
    expect.unreachable();
  } catch (error) {
    expect(diskSentence(error)).toMatch(/^The disk is full \(database or disk is full\)/);
  } finally {
    db.close();
  }
});

it('has none for other errors', () => {
  expect(diskSentence(new TypeError('x'))).toBeNull();
  expect(diskSentence(failure('ERR_INVALID_ARG_TYPE'))).toBeNull();
  expect(diskSentence(null)).toBeNull();
});
