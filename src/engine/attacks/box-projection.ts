import type { EvaluationAttack } from '../../shared/attack.ts';

export type Norm = EvaluationAttack['norm'];

/**
 * Writes to `move` the shortest d with value + w . d = 0 and 0 <= point + d <= 1, and returns ||d||.
 * All arrays are [n]; `point` lies in [0, 1], `value` is what the linear function with the slope
 * `normal` = w is at the point. A coordinate with w = 0 stays.
 */
export type Projection = (
  point: Float32Array,
  normal: Float32Array,
  value: number,
  move: Float32Array,
) => number;

/**
 * Projection of points of the box [0, 1]^n on hyperplanes, inside the box (Croce and Hein 2020, FAB's
 * inner problem). Where a hyperplane does not meet the box, the corner nearest to it.
 *
 * Every coordinate moves the way that w tells, by min(mu v, room): room is its way to the box's
 * wall, v is 1 in l-inf and |w| in l2. What is gained, sum |w| min(mu v, room), is a concave,
 * piecewise linear function of mu, so Newton's method from 0 never passes the answer and ends on
 * the answer's own piece: exact as by sorting the breakpoints, but without a sort. Gap times slope
 * falls at least fourfold a round, so the rounds are few, and each goes only over the coordinates
 * that have not met their walls.
 *
 * The inner loops run over every pixel of every image at every step. They take the side of w from
 * its sign bit: a branch on it would be guessed wrong every other time.
 */
export function boxProjection(norm: Norm, length: number): Projection {
  const straight = norm === 'linf';
  const sizes = new Float64Array(length);
  const limits = new Float64Array(length);
  return (point, normal, value, move) => {
    const signs = new Uint32Array(normal.buffer, normal.byteOffset, length);
    /** 1 where the coordinate has to rise: its w is positive and the value below 0, or the reverse. */
    const rising = (i: number) => ((signs[i] as number) >>> 31) ^ (value > 0 ? 0 : 1);
    let free = 0;
    for (let i = 0; i < length; i += 1) {
      const size = Math.abs(normal[i] as number);
      if (size === 0) continue;
      const room = roomOf(point[i] as number, rising(i));
      sizes[free] = size;
      limits[free] = straight ? room : room / size;
      free += 1;
    }
    const mu = multiplier(straight, sizes, limits, free, Math.abs(value));
    let [longest, squares] = [0, 0];
    for (let i = 0; i < length; i += 1) {
      const size = Math.abs(normal[i] as number);
      const wanted = straight ? mu : mu * size;
      const up = rising(i);
      const d = size === 0 ? 0 : Math.min(wanted, roomOf(point[i] as number, up));
      move[i] = (2 * up - 1) * d;
      longest = Math.max(longest, d);
      squares += d * d;
    }
    return straight ? longest : Math.sqrt(squares);
  };
}

/** The way up to 1 (up = 1) or down to 0 (up = 0). */
function roomOf(x: number, up: number): number {
  return x + up * (1 - 2 * x);
}

/**
 * The mu at which sum |w| v min(mu, limit) = distance; Infinity where all limits are met before.
 * The first `free` entries of `sizes` |w| and `limits` room / v are read, and used up.
 */
function multiplier(
  straight: boolean,
  sizes: Float64Array,
  limits: Float64Array,
  free: number,
  distance: number,
): number {
  let mu = 0;
  let atWall = 0;
  for (let before = -1, left = free; left > 0; ) {
    let slope = 0;
    let kept = 0;
    for (let i = 0; i < left; i += 1) {
      const size = sizes[i] as number;
      const limit = limits[i] as number;
      const weight = straight ? size : size * size;
      if (limit <= mu) {
        atWall += weight * limit;
      } else {
        slope += weight;
        sizes[kept] = size;
        limits[kept] = limit;
        kept += 1;
      }
    }
    // No further coordinate met its wall: mu lies on its own piece.
    if (kept === before) return mu;
    [before, left] = [kept, kept];
    mu = Math.max(mu, (distance - atWall) / slope);
  }
  return Number.POSITIVE_INFINITY;
}

/** ||d||, in float64. */
export function normOf(norm: Norm, d: Float32Array): number {
  let [longest, squares] = [0, 0];
  for (let i = 0; i < d.length; i += 1) {
    const size = Math.abs(d[i] as number);
    longest = Math.max(longest, size);
    squares += size * size;
  }
  return norm === 'linf' ? longest : Math.sqrt(squares);
}
