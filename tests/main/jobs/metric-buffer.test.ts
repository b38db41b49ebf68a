import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { MetricBuffer } from '../../../src/main/jobs/metric-buffer.ts';
import { getMetrics } from '../../../src/main/store/metrics.ts';
import { createTestApp, createTestRun, type TestApp } from '../fixtures/test-app.ts';

let app: TestApp;
beforeEach(async () => {
  app = await createTestApp({});
  vi.useFakeTimers({ toFake: ['Date'] });
});
afterEach(async () => {
  vi.useRealTimers();
  await app.dispose();
});

describe('MetricBuffer', () => {
  it('writes at most ten times a second and loses nothing', () => {
    const run = createTestRun(app);
    const transaction = vi.spyOn(app.db, 'transaction');
    const buffer = new MetricBuffer(app.db, run.id);
    for (let step = 1; step <= 1000; step++) {
      vi.advanceTimersByTime(1);
      buffer.add({
        type: 'step',
        epoch: 1,
        step,
        learningRate: 0.1,
        loss: step,
        terms: {},
        gradientNorm: 1,
        seconds: 0.001,
      });
    }
    // recordMetrics opens one of its own inside each.
    expect(transaction.mock.calls.length / 2).toBeLessThanOrEqual(10);
    buffer.flush();
    const values = getMetrics(app.db, run.id, ['loss']).map(({ value }) => value);
    expect(values).toEqual(Array.from({ length: 1000 }, (_, index) => index + 1));
  });
});
