import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { startBackend } from '../../../src/engine/backend/start-backend.ts';
import { bench } from '../../../src/engine/bench/bench.ts';
import { profileKernels } from '../../../src/engine/bench/profile.ts';
import { benchReportSchema } from '../../../src/shared/engine-contract.ts';

const MODEL = { path: 'resources/demo/model' };

beforeAll(async () => {
  await startBackend();
});

describe('bench', () => {
  it.each([
    ['train', 'cba-fapt'],
    ['train', 'advvp'],
    ['train', 'coop'],
    ['train', 'tga'],
    ['eval', 'zero-shot'],
  ] as const)(
    '%s %s reports one time, memory and a profile, and leaves nothing behind',
    async (kind, method) => {
      const job = {
        kind,
        model: MODEL,
        method,
        classes: 5,
        batch: 2,
        iterations: 2,
        profile: true,
      };
      await bench(job);
      const before = tf.memory().numTensors;
      const report = await bench(job);
      expect(tf.memory().numTensors).toBe(before);
      expect(() => benchReportSchema.parse(report)).not.toThrow();
      const time = kind === 'train' ? report.secondsPerIteration : report.secondsPerImageStep;
      expect(time).toBeGreaterThan(0);
      const shares = (report.profile ?? []).map(({ share }) => share);
      expect(shares.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 6);
      expect(shares).toEqual([...shares].sort((a, b) => b - a));
    },
  );
});

describe('profileKernels', () => {
  it('counts each kernel and puts the engine back, even after an error', () => {
    const a = tf.ones([4, 4]);
    const rows = profileKernels(() => tf.tidy(() => void tf.add(tf.add(a, a), tf.matMul(a, a))));
    expect(rows.find(({ kernel }) => kernel === 'Add')?.calls).toBe(2);
    const { runKernel } = tf.engine() as unknown as { runKernel: unknown };
    expect(() =>
      profileKernels(() => {
        throw new Error('stop');
      }),
    ).toThrow('stop');
    expect((tf.engine() as unknown as { runKernel: unknown }).runKernel).toBe(runKernel);
    a.dispose();
  });
});
