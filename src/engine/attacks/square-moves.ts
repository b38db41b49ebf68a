import type { MersenneTwister } from '../../shared/mersenne-twister.ts';

/** One image under the Square attack, channels first [3, S, S] with S = size. */
export type Picture = {
  size: number;
  clean: Float32Array;
  /** The perturbation that stands, and the one that is tried next. */
  delta: Float32Array;
  trial: Float32Array;
};

/** How a norm draws the first perturbation and the ones that follow; both write `trial`. */
export type SquareMoves = {
  start(picture: Picture, epsilon: number, random: MersenneTwister): void;
  /** Changes one window, of the share `p` of the picture, in what stands. */
  move(picture: Picture, epsilon: number, p: number, random: MersenneTwister): void;
};

export const CHANNELS = 3;

export function randomSign(random: MersenneTwister): number {
  return random.getrandbits(1) === 0 ? -1 : 1;
}

/**
 * A place for the window's upper or left edge. The published code never draws the last place, so
 * that no window reaches the last row and column; here every place counts.
 */
export function randomPlace(size: number, side: number, random: MersenneTwister): number {
  return random.randbelow(size - side + 1);
}

/** `perturbation` cut so that pixel + perturbation stays in [0, 1]. */
export function insideBox(perturbation: number, pixel: number): number {
  return Math.min(Math.max(perturbation, -pixel), 1 - pixel);
}
