import * as tf from '@tensorflow/tfjs-core';
import { descending } from './map-numbers.ts';

/** Points of a curve at most, the first one not counted. */
const STEPS = 25;

export type CurveAreas = { insertion: number; deletion: number };

/**
 * Insertion and deletion (Petsiuk et al. 2018): how fast the probability of a class rises as patches are
 * shown in the order of a map, and falls as they are hidden in that order. A hidden patch is the
 * image's own mean colour, so that no edge is invented by blur. Yields the share that is done after
 * every point, so that a stop is heard.
 *
 * @param patches pixels [B, M, 3 P P], in channel order within a patch
 * @param maps [B][M]
 * @param probabilities of each image's class [B], given patches
 * @returns areas under the curves over the share of patches, from 0 to 1, by the trapezoid rule
 */
export function* curveAreas(
  patches: tf.Tensor3D,
  maps: number[][],
  probabilities: (patches: tf.Tensor3D) => number[],
): Generator<number, CurveAreas[]> {
  const count = patches.shape[1];
  const ranks = maps.map(ranksOf);
  const blank = tf.tidy(() => meanColour(patches));
  const steps = Math.min(count, STEPS);
  const taken = Array.from({ length: steps + 1 }, (_, k) => Math.round((k * count) / steps));
  const curves: Record<keyof CurveAreas, number[][]> = { insertion: [], deletion: [] };
  try {
    for (const first of taken) {
      for (const name of ['insertion', 'deletion'] as const) {
        const mixed = tf.tidy(() => mix(patches, blank, ranks, first, name === 'insertion'));
        try {
          curves[name].push(probabilities(mixed));
        } finally {
          mixed.dispose();
        }
      }
      yield curves.deletion.length / taken.length;
    }
  } finally {
    blank.dispose();
  }
  const shares = taken.map((first) => first / count);
  return maps.map((_, row) => ({
    insertion: area(shares, curves.insertion, row),
    deletion: area(shares, curves.deletion, row),
  }));
}

/** Each position's place in the descending order. */
function ranksOf(map: number[]): number[] {
  const ranks = new Array<number>(map.length);
  for (const [rank, place] of descending(map).entries()) ranks[place] = rank;
  return ranks;
}

/** Each image's mean of each channel, as one patch [B, 1, 3 P P]. */
function meanColour(patches: tf.Tensor3D): tf.Tensor3D {
  const [batch, count, width] = patches.shape;
  const channels = tf.reshape(patches, [batch, count, 3, width / 3]);
  const mean = tf.mean(channels, [1, 3], true);
  return tf.reshape(tf.tile(mean, [1, 1, 1, width / 3]), [batch, 1, width]);
}

/** The images with just their `first` best patches shown, or with just those hidden. */
function mix(
  patches: tf.Tensor3D,
  blank: tf.Tensor3D,
  ranks: number[][],
  first: number,
  shown: boolean,
): tf.Tensor3D {
  const [batch, count] = patches.shape;
  const flags = ranks.flatMap((row) => row.map((rank) => (rank < first === shown ? 1 : 0)));
  const visible = tf.tensor3d(flags, [batch, count, 1]);
  return tf.add(tf.mul(patches, visible), tf.mul(blank, tf.sub(1, visible))) as tf.Tensor3D;
}

function area(shares: number[], curve: number[][], row: number): number {
  let sum = 0;
  for (let k = 1; k < shares.length; k += 1) {
    const [before, after] = [curve[k - 1]?.[row] as number, curve[k]?.[row] as number];
    sum += ((shares[k] as number) - (shares[k - 1] as number)) * 0.5 * (before + after);
  }
  return sum;
}
