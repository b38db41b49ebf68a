import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { openDatabase } from '../../../src/main/store/database.ts';
import { findEvaluation, getEvaluation } from '../../../src/main/store/evaluations.ts';
import { migrate, schemaVersion } from '../../../src/main/store/migrate.ts';
import { initial } from '../../../src/main/store/migrations/001-initial.ts';
import { listOutcomes, summarizeRun } from '../../../src/main/store/outcomes.ts';
import { listStability } from '../../../src/main/store/stability.ts';
import { evaluationAttackSchema } from '../../../src/shared/attack.ts';

/** As version 1 wrote them: an attack with seven keys, a config without classes. */
const ATTACK =
  '{"name":"pgd","loss":"ce","epsilon":0.01,"stepSize":0.01,"steps":20,"restarts":1,"subset":null}';
const ROWS = `
INSERT INTO models VALUES ('m', 'tiny', '/m', 'huggingface', 'aa', 1, '{}', 0, 1);
INSERT INTO datasets VALUES ('d', 'cats', 'coop', '/d', '/d', '["cat","dog"]', 'a {}.', NULL, NULL,
  'bb', 0, 0, '[]', '[]', 1);
INSERT INTO images VALUES ('d', 'test', 0, 'cat/1.png', 0, 1, 'cc', 'image/png', 8, 8, NULL);
INSERT INTO runs (id, config, method, dataset_id, model_id, shots, seed, status, environment,
  model_hash, split_hash, created_at, updated_at)
  VALUES ('r', '{"method":"fap"}', 'fap', 'd', 'm', 4, 1, 'finished', '{}', 'aa', 'bb', 1, 1);
INSERT INTO evaluations (id, run_id, dataset_id, split, attack, expected, ids_hash, seed, status,
  environment, created_at) VALUES (7, 'r', 'd', 'test', '${ATTACK}', 1, 'dd', 1, 'finished', '{}', 1);
INSERT INTO outcomes VALUES (7, 'cat/1.png', 0, 0, 1, -0.5, 3, NULL);
INSERT INTO stability VALUES (7, 'cat/1.png', 0, 0.25, 0.125);
`;

describe('migration 2', () => {
  it('keeps evaluations, outcomes and their numbers', () => {
    const folder = mkdtempSync(join(tmpdir(), 'fapt-migration-'));
    const file = join(folder, 'fapt.sqlite');
    const old = new Sqlite(file);
    migrate(old, [initial], () => {});
    old.exec(ROWS);
    old.close();
    const db = openDatabase(file);
    expect(schemaVersion(db)).toBeGreaterThanOrEqual(2);
    expect(existsSync(`${file}.before-v${schemaVersion(db)}`)).toBe(true);
    expect(getEvaluation(db, 7)).toMatchObject({
      classes: 'all',
      purpose: 'result',
      own: true,
      observed: null,
      probe: null,
      attack: { name: 'pgd', norm: 'linf', source: null, frame: 'always' },
    });
    expect(listOutcomes(db, 7)).toHaveLength(1);
    expect(summarizeRun(db, 'r')).toMatchObject({ naturalAccuracy: 1, robustAccuracy: 0, n: 1 });
    // An attack described as today finds the evaluation of then.
    const attack = evaluationAttackSchema.parse(JSON.parse(ATTACK));
    expect(findEvaluation(db, { runId: 'r', attack })?.id).toBe(7);
    expect(findEvaluation(db, { runId: 'r', attack: { ...attack, norm: 'l2' } })).toBeNull();
    // Two numbers of twelve are measured again.
    expect(listStability(db, 7)).toEqual([]);
    db.close();
    rmSync(folder, { recursive: true });
  });
});
