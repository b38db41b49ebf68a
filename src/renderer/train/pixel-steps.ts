/** Sizes are held in pixel units [0, 1] and edited as k of k/255. */

/** `1.5` for 1.5/255. */
export function toPixelSteps(value: number): number {
  return Number((value * 255).toPrecision(6));
}

export function fromPixelSteps(steps: number): number {
  return steps / 255;
}
