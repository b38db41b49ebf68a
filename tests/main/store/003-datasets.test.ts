import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { openDatabase } from '../../../src/main/store/database.ts';
import { listChanges } from '../../../src/main/store/dataset-changes.ts';
import { getDataset } from '../../../src/main/store/datasets.ts';
import { countUnread, listImages } from '../../../src/main/store/images.ts';
import { migrate, schemaVersion } from '../../../src/main/store/migrate.ts';
import { initial } from '../../../src/main/store/migrations/001-initial.ts';
import { attacksAndProtocols } from '../../../src/main/store/migrations/002-attacks-and-protocols.ts';

const ROWS = `
INSERT INTO datasets VALUES ('d', 'cats', 'coop', '/d', '/d', '["cat","dog"]', 'a {}.', NULL, NULL,
  'bb', 1, 0, '[]', '[]', 1);
INSERT INTO images VALUES ('d', 'test', 0, 'cat/1.png', 0, 9, 'cc', 'image/png', 8, 7, 'k');
INSERT INTO images VALUES ('d', 'test', 1, 'dog/1.png', 1, 9, 'dd', 'image/png', 8, 7, NULL);
`;

describe('migration 3', () => {
  it('keeps datasets and images, and what it cannot know is null', () => {
    const folder = mkdtempSync(join(tmpdir(), 'fapt-migration-'));
    const file = join(folder, 'fapt.sqlite');
    const old = new Sqlite(file);
    migrate(old, [initial, attacksAndProtocols], () => {});
    old.exec(ROWS);
    old.close();
    const db = openDatabase(file);
    expect(schemaVersion(db)).toBeGreaterThanOrEqual(3);
    const dataset = getDataset(db, 'cats');
    expect(dataset).toMatchObject({
      splitHash: 'bb',
      splitHashOf: 'content',
      preset: null,
      madeSplit: null,
      counts: { train: 0, val: 0, test: 2 },
    });
    expect(listImages(db, 'd', 'test')).toEqual([
      {
        split: 'test',
        position: 0,
        path: 'cat/1.png',
        label: 0,
        sizeBytes: 9,
        sha256: 'cc',
        contentType: 'image/png',
        width: 8,
        height: 7,
        cluster: 'k',
        perceptualHash: null,
        file: null,
        trouble: null,
      },
      expect.objectContaining({ path: 'dog/1.png', sha256: 'dd', cluster: null }),
    ]);
    expect([countUnread(db, 'd'), listChanges(db, 'd')]).toEqual([0, []]);
    db.close();
    rmSync(folder, { recursive: true });
  });
});
