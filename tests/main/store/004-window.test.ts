import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Database, openDatabase } from '../../../src/main/store/database.ts';
import { migrate, schemaVersion } from '../../../src/main/store/migrate.ts';
import { initial } from '../../../src/main/store/migrations/001-initial.ts';
import { attacksAndProtocols } from '../../../src/main/store/migrations/002-attacks-and-protocols.ts';
import { listRuns } from '../../../src/main/store/run-list.ts';
import { createRun, getRun } from '../../../src/main/store/runs.ts';
import { defaultConfig } from '../../../src/shared/method-catalogue.ts';
import { runConfigSchema } from '../../../src/shared/run-config.ts';

const config = (seed: number, changes = {}) => {
  const identity = { method: 'fap', dataset: 'cats', model: 'tiny', shots: 4, seed } as const;
  return { ...defaultConfig(identity), ...changes };
};
const run = (id: string, settings: unknown, seed: number) => `
INSERT INTO runs (id, config, method, dataset_id, model_id, shots, seed, status, environment,
  model_hash, split_hash, created_at, updated_at)
  VALUES ('${id}', '${JSON.stringify(settings)}', 'fap', 'd', 'm', 4, ${seed}, 'finished', '{}',
  'aa', 'bb', ${seed}, 1);`;
const evaluation = (id: number, attack: string, expected: number) => `
INSERT INTO evaluations (id, run_id, dataset_id, split, attack, expected, ids_hash, seed, status,
  environment, created_at)
  VALUES (${id}, 'r1', 'd', 'test', '${attack}', ${expected}, 'dd', 1, 'finished', '{}', 1);`;

const { classes: _, ...before } = config(1);
const ROWS = `
INSERT INTO models VALUES ('m', 'tiny', '/m', 'huggingface', 'aa', 1, '{}', 0, 1);
INSERT INTO datasets VALUES ('d', 'cats', 'coop', '/d', '/d', '["cat","dog"]', 'a {}.', NULL, NULL,
  'bb', 0, 0, '[]', '[]', 1);
${run('r1', before, 1)}
${run('r2', config(2), 2)}
${run('r3', config(1, { epochs: 99 }), 1)}
${evaluation(1, '{"name":"none"}', 4)}
${evaluation(2, '{"name":"pgd"}', 2)}
${evaluation(3, '{"name":"noise"}', 2)}
INSERT INTO outcomes VALUES (1, 'a', 0, 0, NULL, 1, NULL, NULL), (1, 'b', 0, 0, NULL, 1, NULL, NULL),
  (1, 'c', 1, 1, NULL, 1, NULL, NULL), (1, 'd', 1, 0, NULL, 1, NULL, NULL);
INSERT INTO outcomes VALUES (2, 'a', 0, 0, 0, 1, NULL, NULL), (2, 'b', 0, 0, 1, -1, 3, NULL);
INSERT INTO outcomes VALUES (3, 'a', 0, 0, 0, 1, NULL, NULL), (3, 'b', 0, 0, 0, 1, NULL, NULL);
INSERT INTO tags VALUES ('r1', 'paper');
`;

describe('migration 4', () => {
  const folder = mkdtempSync(join(tmpdir(), 'fapt-migration-'));
  let db: Database;
  beforeAll(() => {
    const file = join(folder, 'fapt.sqlite');
    const old = new Sqlite(file);
    migrate(old, [initial, attacksAndProtocols], () => {});
    old.exec(ROWS);
    old.close();
    db = openDatabase(file);
  });
  afterAll(() => {
    db.close();
    rmSync(folder, { recursive: true });
  });

  it('sums up what was measured before', () => {
    expect(schemaVersion(db)).toBeGreaterThanOrEqual(4);
    expect(getRun(db, 'r1')).toMatchObject({ starred: false, deviation: null });
    const [row] = listRuns(db, { ids: ['r1'] });
    expect(row).toMatchObject({
      tags: ['paper'],
      natural: { accuracy: 0.75, n: 4 },
      robust: { accuracy: 0.5, n: 2, attack: { name: 'pgd' } },
    });
  });

  it('groups runs of before with runs of now', () => {
    const group = (id: string) => getRun(db, id).group;
    expect(group('r1')).toMatch(/^[0-9a-f]{16}$/);
    expect(group('r2')).toBe(group('r1'));
    expect(group('r3')).not.toBe(group('r1'));
    const fresh = createRun(db, {
      config: runConfigSchema.parse(config(3)),
      datasetId: 'd',
      modelId: 'm',
      environment: {},
      modelHash: 'aa',
      splitHash: 'bb',
    });
    expect(fresh.group).toBe(group('r1'));
  });
});
