import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { StoppedError } from '../../../src/main/jobs/job-error.ts';
import { runTraining } from '../../../src/main/jobs/run-training.ts';
import { latestCheckpoint } from '../../../src/main/store/checkpoints.ts';
import { getMetrics } from '../../../src/main/store/metrics.ts';
import { getRun } from '../../../src/main/store/runs.ts';
import { listWarnings } from '../../../src/main/store/warnings.ts';
import type { TrainEvent, TrainJob } from '../../../src/shared/engine-contract.ts';
import { FaptError } from '../../../src/shared/errors.ts';
import { createTestApp, createTestRun, type TestApp } from '../fixtures/test-app.ts';

let app: TestApp;
afterEach(() => app.dispose());

const plan: TrainEvent = {
  type: 'plan',
  stepsPerEpoch: 2,
  totalSteps: 4,
  skippedPerEpoch: 1,
  depth: 2,
  parameterCount: 7,
  promptPreview: '[1] [2] cat',
  startStep: 0,
};
const step = (number: number): TrainEvent => ({
  type: 'step',
  epoch: Math.ceil(number / 2),
  step: number,
  learningRate: 0.1,
  loss: 10 / number,
  terms: { nat: number, vaa: 0.5 },
  gradientNorm: 2,
  seconds: 0.01,
});
const shares = (epoch: number, vaa: number): TrainEvent => ({
  type: 'epoch',
  epoch,
  step: 2 * epoch,
  gradientShares: { nat: 1 - vaa, vaa },
});

/** Plays these events; a function among them is called instead. */
function playing(events: (TrainEvent | (() => void | Promise<void>))[], jobs: TrainJob[] = []) {
  return {
    async *train(job: TrainJob): AsyncGenerator<TrainEvent> {
      jobs.push(job);
      for (const event of events) {
        if (typeof event === 'function') await event();
        else yield event;
      }
    },
  };
}

describe('runTraining', () => {
  it('keeps metrics, progress, notes and the checkpoint, and ends as finished', async () => {
    let path = '';
    const jobs: TrainJob[] = [];
    const checkpoint = {
      type: 'checkpoint' as const,
      epoch: 2,
      step: 4,
      get path() {
        return path;
      },
    };
    app = await createTestApp(
      playing(
        [
          plan,
          step(1),
          step(2),
          shares(1, 0.0002),
          step(3),
          step(4),
          shares(2, 0.0004),
          async () => writeFile(path, 'weights'),
          checkpoint,
          { type: 'end', status: 'finished', step: 4 },
        ],
        jobs,
      ),
    );
    const run = createTestRun(app);
    path = join(app.workspace.runFolder(run.id), 'checkpoint.safetensors');
    const finished = await runTraining(app, run.id);

    expect(finished).toMatchObject({ status: 'finished', step: 4, epoch: 2, totalSteps: 4 });
    expect(jobs[0]).toMatchObject({ resume: false, task: { classNames: app.dataset.classNames } });
    expect(jobs[0]?.examples.map(({ id, label }) => [id, label])).toEqual([
      ['class0/train-0.png', 0],
      ['class1/train-0.png', 1],
      ['class2/train-0.png', 2],
    ]);
    const loss = getMetrics(app.db, run.id, ['loss']).map(({ step, value }) => [step, value]);
    expect(loss).toEqual([
      [1, 10],
      [2, 5],
      [3, 10 / 3],
      [4, 2.5],
    ]);
    expect(getMetrics(app.db, run.id, ['gradientShares.vaa'])).toMatchObject([
      { epoch: 1, value: 0.0002 },
      { epoch: 2, value: 0.0004 },
    ]);
    expect(latestCheckpoint(app.db, run.id)).toMatchObject({
      step: 4,
      path: `runs/${run.id}/checkpoint.safetensors`,
      sizeBytes: 7,
    });
    const codes = listWarnings(app.db, { runId: run.id }).map(({ code }) => code);
    expect(codes).toEqual(['depth-limited', 'drop-last', 'weak-term']);
    expect(app.progress.at(-1)).toMatchObject({ done: 4, total: 4 });
  });

  it('names no weak term where one epoch gave it weight', async () => {
    const events = [plan, step(1), shares(1, 0.0002), shares(2, 0.01)];
    app = await createTestApp(playing([...events, { type: 'end', status: 'finished', step: 1 }]));
    const run = createTestRun(app);
    await runTraining(app, run.id);
    const codes = listWarnings(app.db, { runId: run.id }).map(({ code }) => code);
    expect(codes).not.toContain('weak-term');
  });

  it('is stopped and can be resumed after a stop', async () => {
    const jobs: TrainJob[] = [];
    const events: TrainEvent[] = [plan, step(1), { type: 'end', status: 'stopped', step: 1 }];
    app = await createTestApp(playing(events, jobs));
    const run = createTestRun(app);
    await expect(runTraining(app, run.id)).rejects.toBeInstanceOf(StoppedError);
    expect(getRun(app.db, run.id)).toMatchObject({ status: 'stopped', step: 1 });
    await expect(runTraining(app, run.id)).rejects.toBeInstanceOf(StoppedError);
    expect(jobs.map(({ resume }) => resume)).toEqual([false, true]);
  });

  it('is failed with the sentence of the error', async () => {
    const fail = () => {
      throw new FaptError('loss-not-finite', 'The loss is not finite.');
    };
    app = await createTestApp(playing([plan, step(1), fail]));
    const run = createTestRun(app);
    await expect(runTraining(app, run.id)).rejects.toThrow('The loss is not finite.');
    expect(getRun(app.db, run.id)).toMatchObject({
      status: 'failed',
      statusReason: 'The loss is not finite.',
      step: 1,
    });
  });

  it('is interrupted where the engine died', async () => {
    const die = () => {
      throw new FaptError('engine-died', 'The engine process was ended by SIGKILL.');
    };
    app = await createTestApp(playing([plan, step(1), die]));
    const run = createTestRun(app);
    await expect(runTraining(app, run.id)).rejects.toMatchObject({ code: 'engine-died' });
    expect(getRun(app.db, run.id)).toMatchObject({ status: 'interrupted' });
  });

  it('trains nothing for zero-shot', async () => {
    app = await createTestApp({});
    const run = createTestRun(app, 'zero-shot');
    expect(await runTraining(app, run.id)).toMatchObject({ status: 'finished' });
  });
});
