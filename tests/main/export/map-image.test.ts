import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { mapPng, overlayPng, picturePng } from '../../../src/main/export/map-image.ts';
import { divergingColor } from '../../../src/shared/color-scale.ts';

/** 2 x 2: red, green / blue, white. */
const pixels = { size: 2, values: new Float32Array([1, 0, 0, 1, 0, 1, 0, 1, 0, 0, 1, 1]) };

async function pixelAt(png: Buffer, x: number, y: number): Promise<number[]> {
  const { data, info } = await sharp(png).raw().toBuffer({ resolveWithObject: true });
  const at = (y * info.width + x) * info.channels;
  return [...data.subarray(at, at + 3)];
}

describe('picturePng', () => {
  it('repeats pixels without blending them', async () => {
    const png = await picturePng(pixels, 6);
    expect(await sharp(png).metadata()).toMatchObject({ width: 6, height: 6 });
    expect(await pixelAt(png, 2, 2)).toEqual([255, 0, 0]);
    expect(await pixelAt(png, 3, 0)).toEqual([0, 255, 0]);
    expect(await pixelAt(png, 0, 3)).toEqual([0, 0, 255]);
  });
});

describe('overlayPng', () => {
  it('shows the grey picture where the map is 0', async () => {
    const map = { values: [0, 0, 0, 0], grid: [2, 2] as const };
    const png = await overlayPng(pixels, map, 1, 2);
    expect(await pixelAt(png, 0, 0)).toEqual([76, 76, 76]);
    expect(await pixelAt(png, 1, 1)).toEqual([255, 255, 255]);
  });

  it('depends on the scale: half the limit is not the limit', async () => {
    const map = { values: [1, -1, 0, 0], grid: [2, 2] as const };
    const full = await pixelAt(await overlayPng(pixels, map, 1, 2), 0, 0);
    const half = await pixelAt(await overlayPng(pixels, map, 2, 2), 0, 0);
    expect(full).not.toEqual(half);
    expect(full[0]).toBeGreaterThan(full[2] ?? 255);
    const negative = await pixelAt(await overlayPng(pixels, map, 1, 2), 1, 0);
    expect(negative[2]).toBeGreaterThan(negative[0] ?? 255);
  });
});

describe('mapPng', () => {
  it('paints each cell in its own colour', async () => {
    const png = await mapPng({ values: [1, -1, 0, 0.5], grid: [2, 2] }, 1, 8);
    expect(await pixelAt(png, 1, 1)).toEqual(divergingColor(1));
    expect(await pixelAt(png, 7, 7)).toEqual(divergingColor(0.5));
  });
});
