import type { Read } from './query-images.ts';

/** What one run of an attack came to, for the images that it was given. */
export type Run = {
  /** Perturbations, image after image, in patch order. */
  values: Float32Array;
  reads: Read[];
  /** First fooled step from 1, null if never. */
  fooledAt: (number | null)[];
  /** Images whose first gradient was exactly 0 everywhere; null without gradients. */
  zeroGradientImages: number | null;
  /** Images right at the start of the run, where the start was a uniform draw from the ball. */
  rightAtStart: number | null;
};

/** Fooled before not, then the smaller margin. */
export function isWorse(a: Read, b: Read): boolean {
  return a.fooled === b.fooled ? a.margin < b.margin : a.fooled;
}

/** Image by image the worst of all runs so far. */
export class WorstCase {
  readonly values: Float32Array;
  readonly reads: (Read | null)[];
  readonly fooledAt: (number | null)[];
  /** The run that fooled the image first; null too where it was wrong as it is. */
  readonly by: (string | null)[];
  /** Of the first run that says; `rightAtStart` of the first over all images. */
  zeroGradientImages: number | null = null;
  rightAtStart: number | null = null;

  constructor(images: number, perImage: number) {
    this.values = new Float32Array(images * perImage);
    this.reads = Array.from({ length: images }, () => null);
    this.fooledAt = Array.from({ length: images }, () => null);
    this.by = Array.from({ length: images }, () => null);
  }

  /** Images that no run has fooled. */
  get survivors(): number[] {
    return [...this.reads.keys()].filter((row) => !this.reads[row]?.fooled);
  }

  /**
   * A run over `rows`.
   *
   * @returns those of them for which it is the worst so far
   */
  take(run: Run, rows: number[], name: string | null): number[] {
    const taken: number[] = [];
    const perImage = this.values.length / this.reads.length;
    this.zeroGradientImages ??= run.zeroGradientImages;
    if (rows.length === this.reads.length) this.rightAtStart ??= run.rightAtStart;
    for (const [n, row] of rows.entries()) {
      const read = run.reads[n] as Read;
      const kept = this.reads[row];
      const steps = [this.fooledAt[row], run.fooledAt[n]].filter((s) => typeof s === 'number');
      this.fooledAt[row] = steps.length ? Math.min(...steps) : null;
      if (kept && !isWorse(read, kept)) continue;
      taken.push(row);
      this.reads[row] = read;
      if (read.fooled) this.by[row] ??= name;
      this.values.set(run.values.subarray(n * perImage, (n + 1) * perImage), row * perImage);
    }
    return taken;
  }
}
