import { afterEach, beforeEach, expect, it } from 'vitest';
import { findAlike, findMadeAnywhere } from '../../../src/main/api/find-alike.ts';
import { createRun, setRunStatus } from '../../../src/main/store/runs.ts';
import { defaultConfig } from '../../../src/shared/method-catalogue.ts';
import type { RunStatus } from '../../../src/shared/results.ts';
import { createTestApp, type TestApp } from '../fixtures/test-app.ts';

let app: TestApp;
beforeEach(async () => {
  app = await createTestApp({});
});
afterEach(() => app.dispose());

const config = defaultConfig({ method: 'fap', dataset: 'tiny', model: 'tiny', shots: 1, seed: 1 });

/** A run of these settings by an engine, in a state; answers its id. */
function made(environment: unknown, status: RunStatus, splitHash = app.dataset.splitHash): string {
  const { id: modelId } = app.db.prepare('SELECT id FROM models').get() as { id: string };
  const common = { datasetId: app.dataset.id, modelId, modelHash: 'aa', splitHash };
  const { id } = createRun(app.db, { config, environment, ...common });
  // One after the other, on a machine too that makes several in a millisecond.
  app.db.prepare('UPDATE runs SET created_at = (SELECT count(*) FROM runs) WHERE id = ?').run(id);
  setRunStatus(app.db, id, 'running');
  setRunStatus(app.db, id, status);
  return id;
}

const anywhere = async () => (await findMadeAnywhere(app, config)).map(({ id }) => id);

it('takes runs of this machine alone, unless those of others are asked for', async () => {
  const other = made({ ...(await app.environment()), threads: 64 }, 'finished');
  expect(await findAlike(app, config)).toBeNull();
  expect(await anywhere()).toEqual([other]);
});

it('puts a finished run of this machine first, and one that is not finished last', async () => {
  const environment = await app.environment();
  const stopped = made(environment, 'interrupted');
  const other = made({ ...environment, threads: 64 }, 'finished');
  expect((await findAlike(app, config))?.id).toBe(stopped);
  expect(await anywhere()).toEqual([other, stopped]);
  const own = made(environment, 'finished');
  expect((await anywhere())[0]).toBe(own);
});

it('leaves out what others did not finish, trained on another split, or imported', async () => {
  const environment = { ...(await app.environment()), threads: 64 };
  made(environment, 'interrupted');
  made(environment, 'failed');
  made(environment, 'finished', 'another split');
  made({ ...environment, imported: { source: 'prompts.pt', sha256: 'bb' } }, 'finished');
  expect(await anywhere()).toEqual([]);
});
