/** What one image's trajectory may take on disk. */
export const TRAJECTORY_BYTES = 64 * 2 ** 20;

/**
 * Steps of an attack whose perturbations are kept, ascending: 0 (the start) to `steps`, or every
 * second, third, ... of them where all would be larger than `maxBytes`; the last always. None where
 * not even two fit.
 */
export function stepsKept(steps: number, bytesEach: number, maxBytes = TRAJECTORY_BYTES): number[] {
  const room = Math.floor(maxBytes / bytesEach);
  if (room < 2) return [];
  const stride = Math.max(1, Math.ceil(steps / (room - 1)));
  const kept = Array.from({ length: Math.ceil(steps / stride) }, (_, i) => i * stride);
  return [...kept, steps];
}
