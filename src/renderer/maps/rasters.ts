import { coverOf, divergingColor } from '../../shared/color-scale.ts';
import { upsample } from '../../shared/upsample.ts';
import type { SignedMap } from './signed-map.ts';

/** What the model sees: [3, size, size], channels first, in [0, 1]. */
export type Pixels = { size: number; values: Float32Array };
/** Red, green, blue and opacity, row by row. */
export type Raster = { width: number; height: number; data: Uint8ClampedArray<ArrayBuffer> };

/** Width of an enlarged map; what draws it goes on smoothly from there. */
const MAP_PIXELS = 256;

export function pictureRaster(pixels: Pixels): Raster {
  return eachPixel(pixels.size, (at, plane) =>
    [0, 1, 2].map((channel) => 255 * (pixels.values[channel * plane + at] ?? 0)),
  );
}

/** In grey, to lie below a map, so that no colour of the picture is taken for the map's. */
export function greyRaster({ size, values }: Pixels): Raster {
  return eachPixel(size, (at, plane) => {
    const [red = 0, green = 0, blue = 0] = [0, 1, 2].map((channel) => values[channel * plane + at]);
    return Array<number>(3).fill(255 * (0.299 * red + 0.587 * green + 0.114 * blue));
  });
}

/** A perturbation around grey: 0.5 + factor x (adversarial - clean). */
export function perturbationRaster(clean: Pixels, adversarial: Pixels, factor: number): Raster {
  return eachPixel(clean.size, (at, plane) =>
    [0, 1, 2].map((channel) => {
      const index = channel * plane + at;
      const change = (adversarial.values[index] ?? 0) - (clean.values[index] ?? 0);
      return 255 * (0.5 + factor * change);
    }),
  );
}

/**
 * A map's colours, as opaque as its values are strong; a value that is no number is left open.
 * @param limit the value at the end of the scale
 * @param smooth bilinear between the middles of patches; false: a pixel a patch
 */
export function mapRaster(map: SignedMap, limit: number, smooth: boolean): Raster {
  const [rows, columns] = map.grid;
  const field = smooth ? upsample(map.values, map.grid, MAP_PIXELS) : map.values;
  const [width, height] = smooth ? [MAP_PIXELS, MAP_PIXELS] : [columns, rows];
  const data = new Uint8ClampedArray(width * height * 4);
  field.forEach((value, at) => {
    const share = value / limit;
    if (!Number.isFinite(share)) return;
    data.set(divergingColor(share), at * 4);
    data[at * 4 + 3] = 255 * coverOf(share, 1);
  });
  return { width, height, data };
}

/** 1, 2 or 5 times a power of ten: the largest that keeps a change of `linf` inside the picture. */
export function magnification(linf: number): number {
  if (!(linf > 0)) return 1;
  const most = 0.5 / linf;
  const power = 10 ** Math.floor(Math.log10(most));
  const digit = [5, 2, 1].find((step) => step * power <= most * (1 + 1e-6)) ?? 1;
  return Math.max(1, digit * power);
}

function eachPixel(size: number, rgbAt: (at: number, plane: number) => number[]): Raster {
  const plane = size * size;
  const data = new Uint8ClampedArray(plane * 4);
  for (let at = 0; at < plane; at++) {
    data.set(rgbAt(at, plane), at * 4);
    data[at * 4 + 3] = 255;
  }
  return { width: size, height: size, data };
}
