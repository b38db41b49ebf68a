import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AppHost, openAppHost } from '../../../src/main/api/app-host.ts';
import { createQueuedRun } from '../../../src/main/api/create-run.ts';
import { addDataset } from '../../../src/main/datasets/add-dataset.ts';
import { registerModel } from '../../../src/main/models/register-model.ts';
import { getMetrics } from '../../../src/main/store/metrics.ts';
import { getRun } from '../../../src/main/store/runs.ts';
import { defaultConfig } from '../../../src/shared/method-catalogue.ts';
import { writeTinyClip } from '../fixtures/tiny-clip.ts';
import { writeTinyDataset } from '../fixtures/tiny-dataset.ts';

/** The real engine process under the queue: what a person does to a training changes none of its bits. */

const TOTAL_STEPS = 24;
/** Past the first epoch's checkpoint and far from the end. */
const FEW_STEPS = 5;

let folder: string;
let host: AppHost;
let whole: { weights: string; loss: number[] };

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fapt-queue-'));
  host = await openAppHost({ workspace: join(folder, 'workspace') });
  await addDataset(host.app.db, { path: await writeTinyDataset(join(folder, 'data')) });
  await registerModel(host.app, { path: await writeTinyClip(join(folder, 'model')) });
  const run = await begin();
  await host.queue.idle();
  whole = await resultOf(run);
});
afterAll(async () => {
  await host.close();
  await rm(folder, { recursive: true });
});

/** The same training each time. */
async function begin(): Promise<string> {
  const config = {
    ...defaultConfig({ method: 'cba-fapt', dataset: 'tiny', model: 'tiny', shots: 4, seed: 7 }),
    epochs: 8,
  };
  const run = await createQueuedRun(host.app, { config, evaluations: [], strict: false });
  host.queue.enqueueRun(run.id);
  return run.id;
}

const runOf = (id: string) => getRun(host.app.db, id);
const job = (id: string) => host.queue.jobOfRun(id)?.job ?? 0;
const settled = (id: string) =>
  expect.poll(() => runOf(id).status, { timeout: 60_000, interval: 20 });
const stepped = (id: string) =>
  expect
    .poll(() => runOf(id).step, { timeout: 60_000, interval: 10 })
    .toBeGreaterThanOrEqual(FEW_STEPS);

async function resultOf(id: string) {
  expect(runOf(id)).toMatchObject({ status: 'finished', step: TOTAL_STEPS });
  const file = join(host.app.workspace.runFolder(id), 'checkpoint.safetensors');
  const weights = createHash('sha256')
    .update(await readFile(file))
    .digest('hex');
  return { weights, loss: getMetrics(host.app.db, id, ['loss']).map(({ value }) => value) };
}

describe('a training in the queue', () => {
  it('comes out the same after a pause', async () => {
    const id = await begin();
    await stepped(id);
    host.queue.pauseCurrent();
    await settled(id).toBe('paused');
    expect(runOf(id).step).toBeLessThan(TOTAL_STEPS);
    host.queue.resume(job(id));
    await host.queue.idle();
    expect(await resultOf(id)).toEqual(whole);
  });

  it('survives the death of the engine, which is told, and comes out the same', async () => {
    const id = await begin();
    await stepped(id);
    const { pid } = host.status().engine;
    process.kill(pid ?? 0, 'SIGKILL');
    await settled(id).toBe('interrupted');
    await host.queue.idle();
    expect(runOf(id).statusReason).toMatch('SIGKILL');
    expect(host.status().engine).toMatchObject({ state: 'down', pid: null });
    expect(host.status().engine.reason).toMatch('SIGKILL');
    expect(() => host.app.engine()).toThrow('engine is down');
    expect(host.queue.list().blocked).toMatch('restart');
    await host.engine.restart();
    await host.engine.ready();
    expect(host.status().engine).toMatchObject({ state: 'ready', reason: null });
    expect(host.status().engine.pid).not.toBe(pid);
    host.queue.resume(job(id));
    await host.queue.idle();
    expect(await resultOf(id)).toEqual(whole);
  });

  it('comes out the same after it was cancelled and gone on with', async () => {
    const id = await begin();
    await stepped(id);
    host.queue.cancelCurrent();
    await host.queue.idle();
    expect(runOf(id).status).toBe('stopped');
    host.queue.enqueueRun(id);
    await host.queue.idle();
    expect(await resultOf(id)).toEqual(whole);
  });
});
