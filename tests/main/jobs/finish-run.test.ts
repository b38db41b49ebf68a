import { existsSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { NATURAL } from '../../../src/main/api/create-run.ts';
import { finishRun, startRun } from '../../../src/main/jobs/finish-run.ts';
import { createEvaluation, listEvaluations } from '../../../src/main/store/evaluations.ts';
import { countRuns } from '../../../src/main/store/run-list.ts';
import { getRun } from '../../../src/main/store/runs.ts';
import type {
  EvaluateEvent,
  EvaluateJob,
  TrainEvent,
} from '../../../src/shared/engine-contract.ts';
import { FaptError } from '../../../src/shared/errors.ts';
import { createTestApp, createTestRun, type TestApp } from '../fixtures/test-app.ts';

let app: TestApp;
afterEach(() => app.dispose());

const tooLong = new FaptError('text-too-long', 'The text is too long.');

describe('startRun', () => {
  it('leaves nothing of a run that failed before it computed anything', async () => {
    app = await createTestApp({
      // biome-ignore lint/correctness/useYield: it fails before the first event
      async *train(): AsyncGenerator<TrainEvent> {
        throw tooLong;
      },
    });
    const run = createTestRun(app);
    const folder = app.workspace.runFolder(run.id);
    await expect(startRun(app, run)).rejects.toBe(tooLong);
    expect(countRuns(app.db)).toBe(0);
    expect(existsSync(folder)).toBe(false);
  });

  it('keeps a run that failed after steps were made', async () => {
    app = await createTestApp({
      async *train(): AsyncGenerator<TrainEvent> {
        const step = { epoch: 1, step: 1, learningRate: 1, loss: 1, gradientNorm: 1, seconds: 0 };
        yield { type: 'step', ...step, terms: {} };
        throw tooLong;
      },
    });
    const run = createTestRun(app);
    await expect(startRun(app, run)).rejects.toBe(tooLong);
    expect(getRun(app.db, run.id)).toMatchObject({ status: 'failed', step: 1 });
  });
});

describe('finishRun', () => {
  it('makes the evaluations that wait', async () => {
    const attacks: string[] = [];
    app = await createTestApp({
      async *evaluate({ attack, examples }: EvaluateJob): AsyncGenerator<EvaluateEvent> {
        attacks.push(attack.name);
        const outcomes = examples.map(({ id, label }) => ({
          id,
          label,
          clean: 0,
          adversarial: null,
          margin: 0,
          fellAt: null,
          perturbation: null,
        }));
        yield {
          type: 'outcomes',
          outcomes,
          observed: null,
          done: examples.length,
          total: examples.length,
        };
        yield { type: 'end', status: 'finished' };
      },
    });
    const run = createTestRun(app, 'zero-shot');
    const ids = Array.from({ length: 18 }, (_, i) => `class${Math.floor(i / 6)}/test-${i % 6}.png`);
    const { id: runId, datasetId, seed } = run;
    createEvaluation(app.db, {
      runId,
      modelId: null,
      datasetId,
      attack: NATURAL,
      ids,
      seed,
      environment: {},
    });
    await finishRun(app, run.id);
    expect(attacks).toEqual(['none']);
    expect(listEvaluations(app.db, run.id)).toMatchObject([
      { status: 'finished', n: 18, cleanRight: 6 },
    ]);
  });
});
