import type { Golden } from './golden-case.ts';

/** The error of a hole: finite, since a report's numbers must be, and far above every tolerance. */
const HOLE = 1e9;

/**
 * max|ours - golden| / max|golden|; `HOLE` where the golden value is missing, the sizes differ or
 * anything is not finite, so that a hole can never pass.
 */
export function relativeError(
  ours: ArrayLike<number>,
  golden: ArrayLike<number> | undefined,
): number {
  if (!golden || ours.length !== golden.length) return HOLE;
  let difference = 0;
  let size = 0;
  for (let i = 0; i < ours.length; i += 1) {
    const [a, b] = [ours[i] as number, golden[i] as number];
    if (!Number.isFinite(a) || !Number.isFinite(b)) return HOLE;
    difference = Math.max(difference, Math.abs(a - b));
    size = Math.max(size, Math.abs(b));
  }
  return size === 0 ? difference : difference / size;
}

/** Share of elements that differ by more than a thousandth of the largest golden value. */
export function mismatchShare(ours: Float32Array, golden: Float32Array | undefined): number {
  if (!golden || ours.length !== golden.length) return 1;
  const size = golden.reduce((m, v) => Math.max(m, Math.abs(v)), 0);
  if (!Number.isFinite(size)) return 1;
  let differing = 0;
  for (let i = 0; i < ours.length; i += 1) {
    const difference = Math.abs((ours[i] as number) - (golden[i] as number));
    if (!(difference <= 1e-3 * size)) differing += 1;
  }
  return differing / ours.length;
}

/** Compares with the golden file and keeps every computed tensor for `--out`. */
export class Comparison {
  readonly computed = new Map<string, { shape: number[]; data: Float32Array }>();
  readonly #golden: Golden;

  constructor(golden: Golden) {
    this.#golden = golden;
  }

  /** Notes a computed tensor under a golden key and returns its relative error. */
  error(name: string, shape: number[], data: Float32Array): number {
    this.computed.set(name, { shape, data });
    return relativeError(data, this.#golden.tensors.get(name)?.values);
  }

  mismatch(name: string, shape: number[], data: Float32Array): number {
    this.computed.set(name, { shape, data });
    return mismatchShare(data, this.#golden.tensors.get(name)?.values);
  }
}
