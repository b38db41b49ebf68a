import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { decodeImage } from '../../../src/engine/images/decode-image.ts';
import { drawThumbnail } from '../../../src/main/datasets/thumbnail.ts';

const fixture = (name: string) =>
  fileURLToPath(new URL(`../../fixtures/pictures/${name}`, import.meta.url));

/** Mean colour of the left, right, upper and lower third of a picture. */
function thirds(colour: (x: number, y: number) => number[], width: number, height: number) {
  const mean = (inside: (x: number, y: number) => boolean) => {
    const sums = [0, 0, 0];
    let count = 0;
    for (let y = 0; y < height; y += 1) {
      for (let x = 0; x < width; x += 1) {
        if (!inside(x, y)) continue;
        count += 1;
        for (const [channel, value] of colour(x, y).entries())
          sums[channel] = (sums[channel] ?? 0) + value;
      }
    }
    return sums.map((sum) => sum / count);
  };
  return [
    mean((x) => x < width / 3),
    mean((x) => x >= (2 * width) / 3),
    mean((_, y) => y < height / 3),
    mean((_, y) => y >= (2 * height) / 3),
  ].flat();
}

describe('a thumbnail shows what the model is given', () => {
  it.each([
    ...[1, 2, 3, 4, 5, 6, 7, 8].map((orientation) => `orientation-${orientation}.jpg`),
    'alpha.png',
    'palette-alpha.png',
    'grey-alpha.png',
    'lossless-alpha.webp',
    'cmyk.jpg',
    'profile.jpg',
    'three-frames.gif',
    'grey.jpg',
  ])('of %s', async (name) => {
    const planes = await decodeImage(fixture(name), 30, 'squash');
    const model = thirds(
      (x, y) => [0, 1, 2].map((c) => planes[c * 900 + y * 30 + x] as number),
      30,
      30,
    );
    const { bytes } = await drawThumbnail(fixture(name), 200);
    const { data, info } = await sharp(bytes).raw().toBuffer({ resolveWithObject: true });
    expect(info.channels).toBe(3);
    const { width, height } = info;
    const shown = thirds(
      (x, y) => [...data.subarray(3 * (y * width + x)).subarray(0, 3)],
      width,
      height,
    );
    for (const [i, value] of shown.entries()) {
      expect(Math.abs(value - (model[i] as number))).toBeLessThan(6);
    }
  });

  it('unless it cannot be read', async () => {
    await expect(drawThumbnail(fixture('cases.json'), 20)).rejects.toMatchObject({
      code: 'image-unreadable',
      message: expect.stringContaining('(its content is no picture of a known format)'),
    });
  });
});
