import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addDataset } from '../../../src/main/datasets/add-dataset.ts';
import type { JobQueue } from '../../../src/main/jobs/queue.ts';
import { fingerprint } from '../../../src/main/models/weight-files.ts';
import { costOfCells, fillCells } from '../../../src/main/results/fill-cells.ts';
import { resultsReport } from '../../../src/main/results/results-report.ts';
import { listEvaluations } from '../../../src/main/store/evaluations.ts';
import { addModel } from '../../../src/main/store/models.ts';
import { listRuns } from '../../../src/main/store/run-list.ts';
import { setRunStatus } from '../../../src/main/store/runs.ts';
import { resultsViewSchema } from '../../../src/shared/api/results.ts';
import { createTestApp, type TestApp, TINY_REPORT } from '../fixtures/test-app.ts';
import { writeTinyDataset } from '../fixtures/tiny-dataset.ts';

const view = resultsViewSchema.parse({
  protocol: 'base-to-new',
  model: 'weights',
  methods: ['zero-shot', 'fap'],
  seeds: [1, 2],
  attack: { steps: 2, subset: 6 },
});

let app: TestApp;
let queued: string[];
let isBusy = false;
const queue = () =>
  ({
    busy: () => isBusy,
    jobOfRun: (run: string) => (queued.includes(run) ? { status: 'queued' } : null),
    enqueueRun: (run: string) => queued.push(run),
  }) as unknown as JobQueue;

beforeEach(async () => {
  queued = [];
  isBusy = false;
  const bench = async ({ kind }: { kind: string }) =>
    kind === 'train' ? { secondsPerIteration: 1 } : { secondsPerImageStep: 0.01 };
  app = await createTestApp({ bench: bench as never });
  const { folder } = app.workspace;
  await addDataset(app.db, {
    path: await writeTinyDataset(join(folder, 'data'), { train: 16 }),
    name: 'caltech-101',
  });
  const path = join(folder, 'model.safetensors');
  await writeFile(path, 'weights');
  const { sha256, sizeBytes } = await fingerprint(path);
  const layout = 'openai';
  addModel(app.db, { name: 'weights', path, layout, sha256, sizeBytes, report: TINY_REPORT });
});
afterEach(() => app.dispose());

const runs = () => listRuns(app.db, {}, { limit: 100 });
const report = () => resultsReport(app, view, queue().jobOfRun);

describe('cells that are filled', () => {
  it('cost steps and evaluations, in the time of steps that were timed', async () => {
    const cost = await costOfCells(app, view, null, queue());
    expect(cost.runs).toHaveLength(4);
    // FAP with two seeds; natural and robust on each half of four runs.
    expect(cost.trainingSteps).toBeGreaterThan(0);
    expect(cost.evaluations).toBe(16);
    expect(cost.seconds).toBeGreaterThan(cost.trainingSteps);
    expect(cost.diskBytes).toBeGreaterThan(0);
    expect(runs()).toEqual([]);
  });

  it('have no known time while the engine works and nothing was measured', async () => {
    isBusy = true;
    expect((await costOfCells(app, view, null, queue())).seconds).toBeNull();
  });

  it('are queued once, each run with what the tables need of it', async () => {
    const title = 'FAP, caltech-101, 16 shots, seed 2';
    expect(await fillCells(app, view, [title], queue())).toEqual({ queued: 1 });
    expect(queued).toHaveLength(1);
    const [run] = runs();
    expect(run).toMatchObject({ method: 'fap', seed: 2, protocol: 'base-to-new' });
    const tests = listEvaluations(app.db, run?.id ?? '');
    expect(tests.map(({ classes, attack }) => `${classes} ${attack.name}`).sort()).toEqual([
      'base none',
      'base pgd',
      'new none',
      'new pgd',
    ]);
    expect(await fillCells(app, view, [title], queue())).toEqual({ queued: 0 });
    expect(await fillCells(app, view, null, queue())).toEqual({ queued: 3 });
    expect(runs()).toHaveLength(4);
  });

  it('are told as they are: queued, failed, left', async () => {
    await fillCells(app, view, ['FAP, caltech-101, 16 shots, seed 2'], queue());
    const statuses = async () =>
      Object.fromEntries(
        (await report()).runs.map(({ title, status, failure }) => [title, status ?? failure]),
      );
    expect(await statuses()).toMatchObject({
      'FAP, caltech-101, 16 shots, seed 1': null,
      'FAP, caltech-101, 16 shots, seed 2': 'queued',
    });
    const [id] = queued as [string];
    queued = [];
    setRunStatus(app.db, id, 'running');
    setRunStatus(app.db, id, 'failed', { reason: 'Out of memory.' });
    expect((await statuses())['FAP, caltech-101, 16 shots, seed 2']).toBe('Out of memory.');
    expect(await fillCells(app, view, ['FAP, caltech-101, 16 shots, seed 2'], queue())).toEqual({
      queued: 1,
    });
    expect(runs()).toHaveLength(2);
  });
});

describe('a report without anything to plan from', () => {
  it('shows the paper and says why', async () => {
    const {
      refusal,
      tables,
      facts,
      runs: none,
    } = await resultsReport(app, { ...view, protocol: 'cross-dataset' }, () => null);
    expect(refusal).toMatchObject({ code: 'dataset-unknown' });
    expect([facts, none]).toEqual([null, []]);
    expect(tables.map(({ kind }) => kind)).toEqual(['paper']);
    expect(tables[0]?.rows).toHaveLength(6);
  });

  it('names what of ours is not of the same thing', async () => {
    const { unlike, absent } = await report();
    expect(unlike.natural.map(({ what }) => what)).toEqual(['weights', 'split']);
    expect(unlike.robust.map(({ what }) => what)).toEqual(['weights', 'split', 'steps', 'subset']);
    expect(absent).toHaveLength(10);
  });
});
