import { afterEach, describe, expect, it } from 'vitest';
import { createStepTimer, stepsAnImage, trainingSteps } from '../../../src/main/api/estimate.ts';
import { getModel } from '../../../src/main/store/models.ts';
import { evaluationAttackSchema } from '../../../src/shared/attack.ts';
import type { BenchJob } from '../../../src/shared/engine-contract.ts';
import { defaultConfig } from '../../../src/shared/method-catalogue.ts';
import { createTestApp, type TestApp } from '../fixtures/test-app.ts';

const config = {
  ...defaultConfig({ method: 'fap', dataset: 'd', model: 'm', shots: 1, seed: 1 }),
  epochs: 3,
  batchSize: 4,
};

describe('trainingSteps', () => {
  it('drops the last batch where another is left', () => {
    expect(trainingSteps(config, 10)).toBe(3 * 2);
    expect(trainingSteps({ ...config, dropLast: false }, 10)).toBe(3 * 3);
    expect(trainingSteps(config, 3)).toBe(3 * 1);
  });
});

describe('stepsAnImage', () => {
  const steps = (attack: object, classes = 10) =>
    stepsAnImage(evaluationAttackSchema.parse(attack), classes);

  it('counts steps, restarts and targets, and the clean prediction', () => {
    expect(steps({ name: 'none' })).toBe(1);
    expect(steps({ name: 'pgd', steps: 20 })).toBe(21);
    expect(steps({ name: 'pgd', steps: 20, restarts: 3 })).toBe(61);
    expect(steps({ name: 'apgd', loss: 'dlr-targeted', steps: 10 })).toBe(91);
    expect(steps({ name: 'apgd', loss: 'dlr-targeted', steps: 10 }, 4)).toBe(31);
    expect(steps({ name: 'square', steps: 300 })).toBeCloseTo(101, 9);
    expect(steps({ name: 'autoattack', steps: 100 })).toBeGreaterThan(1900);
  });
});

describe('createStepTimer', () => {
  let app: TestApp;
  afterEach(() => app.dispose());

  it('times a method at the fewest and the most classes only, and reads between them', async () => {
    const jobs: BenchJob[] = [];
    app = await createTestApp({
      async bench(job: BenchJob) {
        jobs.push(job);
        const seconds = 1 + job.classes / 10;
        const report = { backend: 'double', peakRssBytes: 1, iterations: 1 };
        const { method, classes, batch } = job;
        return { ...report, method, classes, batch, secondsPerIteration: seconds };
      },
    });
    const timer = createStepTimer(app, getModel(app.db, 'tiny'), [10, 20, 50]);
    expect(await timer.trainingStep(config, 20)).toBeCloseTo(3, 12);
    expect(await timer.trainingStep(config, 50)).toBeCloseTo(6, 12);
    expect(jobs.map(({ kind, classes, batch }) => [kind, classes, batch])).toEqual([
      ['train', 10, 4],
      ['train', 50, 4],
    ]);
  });
});
