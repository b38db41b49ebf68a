import { describe, expect, it } from 'vitest';
import {
  greyRaster,
  magnification,
  mapRaster,
  perturbationRaster,
  pictureRaster,
  type Raster,
} from '../../../src/renderer/maps/rasters.ts';
import { sharedLimit } from '../../../src/renderer/maps/scale.ts';
import { isZero } from '../../../src/renderer/maps/signed-map.ts';
import { divergingColor } from '../../../src/shared/color-scale.ts';

const GRID = [2, 2] as const;
const mapOf = (...values: number[]) => ({ values, grid: GRID });
const pixelAt = ({ data, width }: Raster, x: number, y: number) => [
  ...data.slice((y * width + x) * 4, (y * width + x) * 4 + 4),
];
const red = { size: 1, values: new Float32Array([1, 0, 0]) };

describe('a picture', () => {
  it('has its own colours, and its luminance in grey', () => {
    expect(pixelAt(pictureRaster(red), 0, 0)).toEqual([255, 0, 0, 255]);
    expect(pixelAt(greyRaster(red), 0, 0)).toEqual([76, 76, 76, 255]);
  });

  it('keeps rows and columns in their places', () => {
    const values = new Float32Array([0, 1, 0, 0, ...Array(8).fill(0)]);
    const raster = pictureRaster({ size: 2, values });
    expect(pixelAt(raster, 1, 0)[0]).toBe(255);
    expect(pixelAt(raster, 0, 1)[0]).toBe(0);
  });
});

describe('a map', () => {
  it('is seen through where it is 0 and opaque at the limit', () => {
    const raster = mapRaster(mapOf(0, 2, -2, 0.5), 2, false);
    expect(pixelAt(raster, 0, 0)[3]).toBe(0);
    expect(pixelAt(raster, 1, 0)).toEqual([...divergingColor(1), 255]);
    expect(pixelAt(raster, 0, 1)).toEqual([...divergingColor(-1), 255]);
    expect(pixelAt(raster, 1, 1)[3]).toBe(128);
  });

  it('that is all negative is blue everywhere', () => {
    const map = mapOf(-1, -2, -3, -4);
    const { data } = mapRaster(map, sharedLimit([map]), true);
    for (let at = 0; at < data.length; at += 4) {
      expect(data[at + 2]).toBeGreaterThan(data[at] ?? 255);
      expect(data[at + 3]).toBeGreaterThan(0);
    }
  });

  it('that is flat has one colour, at the end of its own scale', () => {
    const map = mapOf(0.3, 0.3, 0.3, 0.3);
    const { data, width } = mapRaster(map, sharedLimit([map]), true);
    expect(new Set(data).size).toBeLessThanOrEqual(4);
    expect(pixelAt({ data, width, height: width }, 9, 9)).toEqual([...divergingColor(1), 255]);
  });

  it('of nothing but zeros shows the picture alone, and no NaN', () => {
    const map = mapOf(0, 0, 0, 0);
    expect(isZero(map)).toBe(true);
    const { data } = mapRaster(map, sharedLimit([map]), true);
    expect(data.filter((_, at) => at % 4 === 3).every((alpha) => alpha === 0)).toBe(true);
  });

  it('ten times weaker than another is fainter on their shared scale, as strong on its own', () => {
    const strong = mapOf(10, -10, 10, -10);
    const weak = mapOf(1, -1, 1, -1);
    const alphaOf = (limit: number) => pixelAt(mapRaster(weak, limit, false), 0, 0)[3];
    expect(alphaOf(sharedLimit([strong, weak]))).toBe(Math.round(255 * Math.sqrt(0.1)));
    expect(alphaOf(sharedLimit([weak]))).toBe(255);
  });

  it('leaves a value open that is no number, and paints the others', () => {
    const map = mapOf(Number.NaN, 1, 1, Number.POSITIVE_INFINITY);
    const raster = mapRaster(map, sharedLimit([map]), false);
    expect(pixelAt(raster, 0, 0)).toEqual([0, 0, 0, 0]);
    expect(pixelAt(raster, 1, 1)).toEqual([0, 0, 0, 0]);
    expect(pixelAt(raster, 1, 0)).toEqual([...divergingColor(1), 255]);
  });
});

describe('a perturbation', () => {
  it('is grey where nothing changed, and magnified around it', () => {
    const clean = { size: 1, values: new Float32Array([0.5, 0.5, 0.5]) };
    const changed = { size: 1, values: new Float32Array([0.51, 0.5, 0.49]) };
    expect(pixelAt(perturbationRaster(clean, clean, 20), 0, 0)).toEqual([128, 128, 128, 255]);
    expect(pixelAt(perturbationRaster(clean, changed, 20), 0, 0)).toEqual([178, 128, 77, 255]);
  });

  it('is magnified by 1, 2 or 5 times ten as far as nothing is cut off', () => {
    expect(magnification(1 / 255)).toBe(100);
    expect(magnification(2 / 255)).toBe(50);
    expect(magnification(0.5)).toBe(1);
    expect(magnification(0.05)).toBe(10);
    expect(magnification(0.9)).toBe(1);
    expect(magnification(0)).toBe(1);
    expect(magnification(Number.NaN)).toBe(1);
  });
});
