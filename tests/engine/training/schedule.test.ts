import { describe, expect, test } from 'vitest';
import { learningRateOf } from '../../../src/engine/training/schedule.ts';
import { planEpochs } from '../../../src/engine/training/train.ts';
import { smallConfig } from '../support/small-run.ts';

const rates = (epochs: number, warmupEpochs = 1) => {
  const config = smallConfig('fap', { epochs, optimizer: { warmupEpochs } });
  return Array.from({ length: epochs }, (_, i) => learningRateOf(i + 1, config));
};
const expectRates = (actual: number[], wanted: number[]) => {
  expect(actual).toHaveLength(wanted.length);
  for (const [i, rate] of actual.entries()) {
    expect(Math.abs(rate / (wanted[i] as number) - 1), `epoch ${i + 1}`).toBeLessThan(5e-6);
  }
};

describe('learningRateOf', () => {
  test('ten epochs: warm-up, then a cosine that ends above 0', () => {
    expectRates(
      rates(10),
      [
        1e-5, 0.0035, 0.00341435, 0.00316578, 0.00277862, 0.00229078, 0.00175, 0.00120922,
        0.000721376, 0.00033422,
      ],
    );
  });

  test('five epochs', () => {
    expectRates(rates(5), [1e-5, 0.0035, 0.00316578, 0.00229078, 0.00120922]);
  });

  test('a single epoch is all warm-up', () => expect(rates(1)).toEqual([1e-5]));

  test('warm-up as long as the run never leaves it', () =>
    expect(rates(3, 3)).toEqual([1e-5, 1e-5, 1e-5]));

  test('without warm-up the first epoch runs at the full rate: L (1 + cos(pi (k - 1) / E)) / 2', () => {
    expectRates(rates(4, 0), [0.0035, 0.0029874369, 0.00175, 0.0005125631]);
  });

  test('the rate never rises after the warm-up', () => {
    const all = rates(50).slice(1);
    for (const [i, rate] of all.entries()) if (i) expect(rate).toBeLessThan(all[i - 1] as number);
    expect(all[all.length - 1]).toBeGreaterThan(0);
  });
});

describe('planEpochs with ten images', () => {
  const plan = (batchSize: number, dropLast: boolean) =>
    planEpochs(10, smallConfig('fap', { batchSize, dropLast, epochs: 3 }));

  test.each([
    // batch, drop-last, steps an epoch, skipped
    [4, true, 2, 2],
    [4, false, 3, 0],
    [10, true, 1, 0],
    [10, false, 1, 0],
    // Larger than the set: one incomplete batch is all there is, so it is not dropped.
    [16, true, 1, 0],
    [16, false, 1, 0],
    [1, true, 10, 0],
    [1, false, 10, 0],
  ])('batch %d, dropLast %s', (batchSize, dropLast, stepsPerEpoch, skippedPerEpoch) => {
    expect(plan(batchSize, dropLast)).toEqual({
      stepsPerEpoch,
      totalSteps: 3 * stepsPerEpoch,
      skippedPerEpoch,
    });
  });

  test('no images at all is an error that says so', () => {
    expect(() => planEpochs(0, smallConfig('fap'))).toThrow(/There are no training images/);
  });
});
