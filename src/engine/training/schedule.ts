import type { RunConfig } from '../../shared/run-config.ts';

/**
 * Learning rate of an epoch, counted from 1 (Dassl's schedule, methods 1.6): constant warm-up
 * epochs, then L (1 + cos(pi (k - warmup - 1) / E)) / 2. The cosine's half-period is the whole number
 * of epochs although it starts after the warm-up, so that it ends well above 0.
 */
export function learningRateOf(
  epoch: number,
  { epochs, optimizer }: Pick<RunConfig, 'epochs' | 'optimizer'>,
): number {
  const { learningRate, warmupEpochs, warmupLearningRate } = optimizer;
  if (epoch <= warmupEpochs) return warmupLearningRate;
  const position = epoch - warmupEpochs - 1;
  return (learningRate * (1 + Math.cos((Math.PI * position) / epochs))) / 2;
}
