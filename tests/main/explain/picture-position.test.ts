import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeImage } from '../../../src/engine/images/decode-image.ts';
import { picturePosition } from '../../../src/main/explain/picture-position.ts';

/** The model's side in pixels. */
const SIZE = 32;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fapt-position-'));
});
afterAll(() => rm(folder, { recursive: true }));

type Rectangle = { left: number; top: number; width: number; height: number };

/** A dark picture with one bright rectangle, given as it is stored. */
async function pictureWith(
  [width, height]: [number, number],
  object: Rectangle,
  orientation: number,
): Promise<string> {
  const file = join(folder, `${width}x${height}-${orientation}-${object.left}-${object.top}.png`);
  const bright = { r: 255, g: 255, b: 255 };
  const piece = await sharp({
    create: { width: object.width, height: object.height, channels: 3, background: bright },
  })
    .png()
    .toBuffer();
  await sharp({ create: { width, height, channels: 3, background: { r: 20, g: 20, b: 20 } } })
    .composite([{ input: piece, left: object.left, top: object.top }])
    .withMetadata({ orientation })
    .png()
    .toFile(file);
  return file;
}

/** Where the light lies in the pixels that the model is given, in parts of the square's side. */
async function seenLight(file: string): Promise<Rectangle> {
  const plane = (await decodeImage(file, SIZE, 'crop')).subarray(0, SIZE * SIZE);
  const lit = [...plane.keys()].filter((at) => (plane[at] as number) > 128);
  const [xs, ys] = [lit.map((at) => at % SIZE), lit.map((at) => Math.floor(at / SIZE))];
  const [left, top] = [Math.min(...xs), Math.min(...ys)];
  const [right, bottom] = [Math.max(...xs) + 1, Math.max(...ys) + 1];
  return { left, top, width: right - left, height: bottom - top };
}

/** A rectangle of the stored picture in the upright one. */
function turned(r: Rectangle, [width, height]: [number, number], orientation: number): Rectangle {
  if (orientation === 1) return r;
  if (orientation === 3) {
    return { ...r, left: width - r.left - r.width, top: height - r.top - r.height };
  }
  const side = { width: r.height, height: r.width };
  if (orientation === 6) return { left: height - r.top - r.height, top: r.left, ...side };
  return { left: r.top, top: width - r.left - r.width, ...side };
}

describe('where the model looks', () => {
  const cases: [string, [number, number], Rectangle][] = [
    ['square', [64, 64], { left: 0, top: 0, width: 16, height: 16 }],
    ['wide', [200, 100], { left: 60, top: 70, width: 20, height: 30 }],
    ['tall', [90, 240], { left: 66, top: 160, width: 24, height: 5 }],
    ['tiny', [10, 7], { left: 2, top: 0, width: 3, height: 2 }],
  ];
  const turns = [1, 3, 6, 8];
  it.each(cases.flatMap((one) => turns.map((turn) => [...one, turn] as const)))(
    'a %s picture (%j) with its object at %j and EXIF orientation',
    async (_, size, object, orientation) => {
      const file = await pictureWith(size, object, orientation);
      const { width, height, crop } = await picturePosition(file, SIZE);
      expect([width, height]).toEqual(orientation >= 5 ? [size[1], size[0]] : size);
      expect(crop.left).toBeGreaterThanOrEqual(0);
      expect(crop.top).toBeGreaterThanOrEqual(0);
      expect(crop.left + crop.width).toBeLessThanOrEqual(width + 1e-9);
      expect(crop.top + crop.height).toBeLessThanOrEqual(height + 1e-9);
      // The longer side is cut to whole pixels, so that the square is one up to such a part.
      const short = Math.min(width, height);
      const [least, most] = [Math.min(crop.width, crop.height), Math.max(crop.width, crop.height)];
      expect(least).toBeCloseTo(short, 9);
      expect(most).toBeLessThan(short * (1 + 1 / SIZE));
      // The light that the model sees, brought back through the crop, is the object.
      const seen = await seenLight(file);
      const [x, y] = [crop.width / SIZE, crop.height / SIZE];
      const wanted = turned(object, size, orientation);
      const found = {
        left: crop.left + seen.left * x,
        top: crop.top + seen.top * y,
        width: seen.width * x,
        height: seen.height * y,
      };
      for (const key of ['left', 'top', 'width', 'height'] as const) {
        expect(Math.abs(found[key] - wanted[key]), key).toBeLessThanOrEqual(1.1 * Math.max(x, y));
      }
    },
  );

  it('a file that is no picture is refused by a sentence', async () => {
    await expect(picturePosition(join(folder, 'nothing.png'), SIZE)).rejects.toMatchObject({
      code: 'image-unreadable',
    });
  });
});
