import type { Picture, Rectangle, Size } from './picture.ts';

/**
 * Resizes as Pillow's `crop(region).resize(size, BICUBIC)` does, to the bit: bicubic with antialias
 * (a = -0.5, the filter as wide as the reduction), in whole numbers, rows first, rounded between the
 * two passes (Pillow, src/libImaging/Resample.c). Only what `window` shows of the result is computed.
 *
 * @param region whole pixels of the picture; what lies around it has no say
 * @param size of the whole result
 * @param window whole pixels of the result; all of it unless given
 */
export function resample(
  picture: Picture,
  region: Rectangle,
  size: Size,
  window: Rectangle = { left: 0, top: 0, ...size },
): Picture {
  const columns = weights(region.width, size.width, window.left, window.width);
  const rows = weights(region.height, size.height, window.top, window.height);
  const first = rows.starts[0] as number;
  const last = (rows.starts.at(-1) as number) + (rows.counts.at(-1) as number);
  const across = resizeRows(picture, region, { first, last }, columns);
  return { width: window.width, height: window.height, rgb: resizeColumns(across, first, rows) };
}

/** Weights are whole numbers of 2^-22: with 8 bits of a pixel and one of overshoot they fill 32. */
const PRECISION = 22;
const HALF = 1 << (PRECISION - 1);
const SUPPORT = 2;

/** For each result pixel the pixels it is made of and what each of them weighs. */
type Weights = {
  starts: Int32Array;
  counts: Int32Array;
  /** `most` a result pixel. */
  values: Int32Array;
  most: number;
};

/** @param from length of the source; @param to of the whole result, `count` of it from `first` on */
function weights(from: number, to: number, first: number, count: number): Weights {
  const scale = from / to;
  const stretch = Math.max(scale, 1);
  const support = SUPPORT * stretch;
  const most = Math.ceil(support) * 2 + 1;
  const starts = new Int32Array(count);
  const counts = new Int32Array(count);
  const values = new Int32Array(count * most);
  const exact = new Float64Array(most);
  for (let i = 0; i < count; i += 1) {
    const centre = (first + i + 0.5) * scale;
    const start = Math.max(0, Math.trunc(centre - support + 0.5));
    const taps = Math.min(from, Math.trunc(centre + support + 0.5)) - start;
    let sum = 0;
    for (let tap = 0; tap < taps; tap += 1) {
      exact[tap] = bicubic((tap + start - centre + 0.5) * (1 / stretch));
      sum += exact[tap] as number;
    }
    starts[i] = start;
    counts[i] = taps;
    for (let tap = 0; tap < taps; tap += 1) {
      const share = sum === 0 ? (exact[tap] as number) : (exact[tap] as number) / sum;
      values[i * most + tap] = Math.trunc(share * (1 << PRECISION) + (share < 0 ? -0.5 : 0.5));
    }
  }
  return { starts, counts, values, most };
}

/** Keys' cubic with a = -0.5. */
function bicubic(at: number): number {
  const x = Math.abs(at);
  const a = -0.5;
  if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  return x < SUPPORT ? (((x - 5) * x + 8) * x - 4) * a : 0;
}

/** The region's rows from `first` to before `last`, each at its new width. */
function resizeRows(
  { rgb, width }: Picture,
  region: Rectangle,
  { first, last }: { first: number; last: number },
  columns: Weights,
): Picture {
  const { starts, counts, values, most } = columns;
  const wide = starts.length;
  const out = new Uint8ClampedArray(3 * wide * (last - first));
  let to = 0;
  for (let y = first; y < last; y += 1) {
    const row = 3 * ((region.top + y) * width + region.left);
    for (let x = 0; x < wide; x += 1) {
      let [red, green, blue] = [HALF, HALF, HALF];
      let at = row + 3 * (starts[x] as number);
      const begin = x * most;
      const end = begin + (counts[x] as number);
      for (let tap = begin; tap < end; tap += 1, at += 3) {
        const weight = values[tap] as number;
        red = (red + Math.imul(weight, rgb[at] as number)) | 0;
        green = (green + Math.imul(weight, rgb[at + 1] as number)) | 0;
        blue = (blue + Math.imul(weight, rgb[at + 2] as number)) | 0;
      }
      out[to] = red >> PRECISION;
      out[to + 1] = green >> PRECISION;
      out[to + 2] = blue >> PRECISION;
      to += 3;
    }
  }
  return { width: wide, height: last - first, rgb: new Uint8Array(out.buffer) };
}

/** All columns at their new height; the picture's first row is row `first` of the region. */
function resizeColumns({ rgb, width }: Picture, first: number, rows: Weights): Uint8Array {
  const { starts, counts, values, most } = rows;
  const line = 3 * width;
  const out = new Uint8ClampedArray(line * starts.length);
  const sums = new Int32Array(line);
  for (let y = 0; y < starts.length; y += 1) {
    sums.fill(HALF);
    for (let tap = 0; tap < (counts[y] as number); tap += 1) {
      const weight = values[y * most + tap] as number;
      const row = line * ((starts[y] as number) - first + tap);
      for (let x = 0; x < line; x += 1) {
        sums[x] = (sums[x] as number) + Math.imul(weight, rgb[row + x] as number);
      }
    }
    for (let x = 0; x < line; x += 1) out[y * line + x] = (sums[x] as number) >> PRECISION;
  }
  return new Uint8Array(out.buffer);
}
