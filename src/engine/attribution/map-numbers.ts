/**
 * Numbers of two maps of the same positions, the clean and the adversarial one. Ties in order are
 * broken by position.
 */

/**
 * Spearman's rank correlation, ties by their mean rank; null where a map is constant and has no order.
 *
 * @param a and @param b [N]
 */
export function spearman(a: readonly number[], b: readonly number[]): number | null {
  const [x, y] = [centred(meanRanks(a)), centred(meanRanks(b))];
  const [xx, yy] = [dot(x, x), dot(y, y)];
  return xx === 0 || yy === 0 ? null : dot(x, y) / Math.sqrt(xx * yy);
}

function meanRanks(values: readonly number[]): number[] {
  const order = descending(values);
  const ranks = new Array<number>(values.length).fill(0);
  for (let begin = 0; begin < order.length; ) {
    let end = begin + 1;
    const at = (place: number) => values[order[place] as number];
    while (end < order.length && at(end) === at(begin)) end += 1;
    for (let place = begin; place < end; place += 1) {
      ranks[order[place] as number] = (begin + end - 1) / 2;
    }
    begin = end;
  }
  return ranks;
}

function centred(values: number[]): number[] {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.map((value) => value - mean);
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, i) => sum + value * (b[i] as number), 0);
}

/** Positions from the largest value to the smallest. */
export function descending(values: readonly number[]): number[] {
  return values
    .map((_, place) => place)
    .sort((i, j) => (values[j] as number) - (values[i] as number) || i - j);
}

/** Intersection over union of the largest `share` of each map's positions, at least one of them. */
export function topOverlap(a: readonly number[], b: readonly number[], share = 0.1): number {
  const count = Math.max(1, Math.round(share * a.length));
  const top = new Set(descending(a).slice(0, count));
  const both = descending(b)
    .slice(0, count)
    .filter((place) => top.has(place)).length;
  return both / (2 * count - both);
}
