import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { decodeImage } from '../../../src/engine/images/decode-image.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fapt-decode-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** A picture of the given channels a pixel, value by position. */
async function picture(
  name: string,
  width: number,
  height: number,
  channels: 1 | 3 | 4,
  value: (x: number, y: number, channel: number) => number,
): Promise<string> {
  const bytes = Uint8Array.from({ length: width * height * channels }, (_, i) => {
    const at = Math.floor(i / channels);
    return value(at % width, Math.floor(at / width), i % channels);
  });
  const path = join(folder, name);
  await sharp(bytes, { raw: { width, height, channels } }).toFile(path);
  return path;
}

describe('the crop of the test transform', () => {
  // Only the longer side exceeds the size, so nothing is resized: columns tell where it was cut.
  // torchvision cuts at int(round((w - size) / 2)), and Python rounds halves to even.
  test.each([
    [32, 0],
    [33, 0],
    [34, 1],
    [35, 2],
    [36, 2],
    [37, 2],
    [39, 4],
  ])('of a width of %d begins at column %d', async (width, first) => {
    const path = await picture(`w${width}.png`, width, 32, 3, (x) => x);
    const planes = await decodeImage(path, 32, 'crop');
    expect(planes[0]).toBe(first);
    expect(planes[31]).toBe(first + 31);
  });

  test('of a tall picture takes the middle rows', async () => {
    const path = await picture('tall.png', 32, 40, 3, (_, y) => y);
    const planes = await decodeImage(path, 32, 'crop');
    expect([planes[0], planes[32 * 31]]).toEqual([4, 35]);
  });
});

describe('pixels', () => {
  test('are planes of red, green and blue, unchanged at the right size', async () => {
    const path = await picture('rgb.png', 8, 8, 3, (x, y, c) => 10 * x + y + 80 * c);
    const planes = await decodeImage(path, 8, 'squash');
    expect(planes).toHaveLength(192);
    expect([planes[0], planes[1], planes[8], planes[64], planes[128]]).toEqual([0, 10, 1, 80, 160]);
  });

  test('of grey are the same three times; transparency is dropped, not blended', async () => {
    const grey = await decodeImage(await picture('grey.png', 8, 8, 1, (x) => 30 * x), 8, 'crop');
    expect([...grey.slice(0, 8)]).toEqual([0, 30, 60, 90, 120, 150, 180, 210]);
    expect(grey.slice(64, 128)).toEqual(grey.slice(0, 64));
    expect(grey.slice(128)).toEqual(grey.slice(0, 64));
    const clear = await picture('clear.png', 8, 8, 4, (_x, _y, c) => (c === 0 ? 255 : 0));
    expect((await decodeImage(clear, 8, 'crop'))[5]).toBe(255);
  });

  test('of very long and very small pictures come out at the size', async () => {
    const long = await picture('long.png', 300, 1, 3, () => 7);
    const dot = await picture('dot.png', 1, 1, 3, () => 9);
    for (const [path, value] of [
      [long, 7],
      [dot, 9],
    ] as const) {
      for (const transform of ['crop', 'squash'] as const) {
        const planes = await decodeImage(path, 16, transform);
        expect(planes).toHaveLength(768);
        expect(new Set(planes)).toEqual(new Set([value]));
      }
    }
  });

  test('squash keeps both ends of the longer side, crop does not', async () => {
    const path = await picture('halves.png', 64, 16, 3, (x) => (x < 16 || x >= 48 ? 255 : 0));
    const corner = async (transform: 'crop' | 'squash') =>
      (await decodeImage(path, 16, transform))[0];
    expect(await corner('squash')).toBeGreaterThan(200);
    expect(await corner('crop')).toBeLessThan(50);
  });
});

describe('what cannot be read is named', () => {
  test.each([
    ['empty.jpg', new Uint8Array(0)],
    ['text.png', new TextEncoder().encode('not a picture')],
  ])('%s', async (name, bytes) => {
    const path = join(folder, name);
    await writeFile(path, bytes);
    await expect(decodeImage(path, 8, 'crop')).rejects.toMatchObject({
      code: 'image-unreadable',
      message: expect.stringContaining(path),
    });
  });

  test('a picture cut in half, never half grey', async () => {
    const noise = await picture('whole.jpg', 64, 64, 3, (x, y) => (x * 37 + y * 91) % 256);
    const bytes = await sharp(noise).jpeg().toBuffer();
    const path = join(folder, 'cut.jpg');
    await writeFile(path, bytes.subarray(0, Math.floor(bytes.length * 0.6)));
    await expect(decodeImage(path, 64, 'crop')).rejects.toMatchObject({ code: 'image-unreadable' });
  });
});
