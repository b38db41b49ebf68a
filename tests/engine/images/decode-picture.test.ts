import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp, { type Sharp } from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { decodePicture } from '../../../src/engine/images/decode-picture.ts';
import { readPictureFile, refusal } from '../../../src/engine/images/picture-file.ts';

/** What Pillow makes of pictures is in pillow.test.ts; here is what differs from it, and what is refused. */
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fapt-picture-'));
});
afterAll(() => rm(folder, { recursive: true }));

const fixture = (name: string) =>
  fileURLToPath(new URL(`../../fixtures/pictures/${name}`, import.meta.url));

async function pixelsOf(name: string, image: Sharp): Promise<number[]> {
  const path = join(folder, name);
  await image.toFile(path);
  return [...(await decodePicture(path)).rgb];
}

describe('where Pillow is not followed', () => {
  test('of 16 grey bits the upper 8 are kept, where Pillow makes white of all that is over 255', async () => {
    const values = Uint16Array.of(0x0000, 0x00ff, 0x1234, 0x80ff, 0xffff);
    const image = sharp(values, { raw: { width: 5, height: 1, channels: 1 } });
    const pixels = await pixelsOf('deep.png', image.toColourspace('grey16').png());
    expect(pixels).toEqual([0, 0, 0x12, 0x80, 0xff].flatMap((value) => [value, value, value]));
  });

  test('of 16 bits of colour the upper 8 are kept too', async () => {
    const values = Uint16Array.of(0x1234, 0x5678, 0x9abc);
    const image = sharp(values, { raw: { width: 1, height: 1, channels: 3 } });
    expect(await pixelsOf('deep-colour.png', image.toColourspace('rgb16').png())).toEqual([
      0x12, 0x56, 0x9a,
    ]);
  });

  test('pixels that a GIF leaves out are black, where Pillow shows the palette', async () => {
    const rgba = Uint8Array.of(255, 0, 0, 255, 0, 255, 0, 0);
    const image = sharp(rgba, { raw: { width: 2, height: 1, channels: 4 } });
    expect(await pixelsOf('clear.gif', image.gif())).toEqual([255, 0, 0, 0, 0, 0]);
  });
});

describe('inks of a CMYK JPEG', () => {
  /** An uncompressed TIFF of one colour, 8 x 8, four inks of 8 bits: what sharp writes a JPEG from. */
  function inkTiff(inks: number[]): Buffer {
    const tags = [
      [256, 3, 1, 8],
      [257, 3, 1, 8],
      [258, 3, 1, 8],
      [259, 3, 1, 1],
      [262, 3, 1, 5],
      [273, 4, 1, 8],
      [277, 3, 1, 4],
      [278, 3, 1, 8],
      [279, 4, 1, 256],
    ];
    const bytes = Buffer.alloc(8 + 256 + 2 + 12 * tags.length + 4);
    bytes.write('II*\0', 'latin1');
    bytes.writeUInt32LE(264, 4);
    for (let at = 0; at < 256; at += 1) bytes[8 + at] = inks[at % 4] as number;
    bytes.writeUInt16LE(tags.length, 264);
    for (const [index, [tag = 0, type = 0, count = 0, value = 0]] of tags.entries()) {
      const at = 266 + 12 * index;
      bytes.writeUInt16LE(tag, at);
      bytes.writeUInt16LE(type, at + 2);
      bytes.writeUInt32LE(count, at + 4);
      bytes.writeUInt32LE(value, at + 8);
    }
    return bytes;
  }

  /** With Adobe's mark the inks are stored inverted; without it they are stored as they are. */
  async function inkJpeg(inks: number[], marked: boolean): Promise<Buffer> {
    const stored = marked ? inks : inks.map((ink) => 255 - ink);
    const jpeg = await sharp(inkTiff(stored))
      .pipelineColourspace('cmyk')
      .toColourspace('cmyk')
      .jpeg({ quality: 100 })
      .toBuffer();
    if (marked) return jpeg;
    const mark = jpeg.indexOf(Buffer.from('Adobe')) - 4;
    const end = mark + 2 + jpeg.readUInt16BE(mark + 2);
    return Buffer.concat([jpeg.subarray(0, mark), jpeg.subarray(end)]);
  }

  const cases = [true, false].flatMap((marked) => [
    { marked, inks: [0, 255, 255, 0], rgb: [255, 0, 0] },
    { marked, inks: [0, 0, 0, 255], rgb: [0, 0, 0] },
    { marked, inks: [0, 0, 0, 0], rgb: [255, 255, 255] },
    { marked, inks: [200, 30, 0, 40], rgb: [46, 190, 215] },
  ]);
  test.each(cases)('$inks with Adobe mark: $marked', async ({ marked, inks, rgb }) => {
    const path = join(folder, `inks-${marked}-${inks}.jpg`);
    await writeFile(path, await inkJpeg(inks, marked));
    const picture = await decodePicture(path);
    expect([picture.width, picture.height, picture.rgb.length]).toEqual([8, 8, 192]);
    for (const [at, value] of picture.rgb.entries()) {
      expect(Math.abs(value - (rgb[at % 3] as number))).toBeLessThan(5);
    }
  });
});

test('transparency is dropped, so that the colours under it show', async () => {
  const rgba = Uint8Array.of(255, 0, 0, 0, 0, 255, 0, 255);
  const image = sharp(rgba, { raw: { width: 2, height: 1, channels: 4 } });
  expect(await pixelsOf('clear.png', image.png())).toEqual([255, 0, 0, 0, 255, 0]);
});

describe('every orientation stands upright', () => {
  test.each([1, 2, 3, 4, 5, 6, 7, 8])('%d', async (orientation) => {
    const path = fixture(`orientation-${orientation}.jpg`);
    const { width, height } = await readPictureFile(path);
    const picture = await decodePicture(path);
    const turned = orientation >= 5;
    expect([width, height]).toEqual(turned ? [20, 40] : [40, 20]);
    expect([picture.width, picture.height]).toEqual([width, height]);
  });
});

describe('what cannot be used is told by its file and the reason, undecoded', () => {
  const cases: [string, string | Uint8Array, string][] = [
    ['empty.jpg', '', 'the file is empty'],
    ['text.png', 'not a picture', 'its content is no picture of a known format'],
    [
      'phone.jpg',
      Buffer.from('\0\0\0\x18ftypheic\0\0\0\0mif1heic', 'latin1'),
      'it is HEIC, the format of iPhones, whatever its name says: convert it to JPEG',
    ],
    ['old.ppm', 'P6\n1 1\n255\nabc', 'it is PPM: convert it to PNG'],
  ];
  test.each(cases)('%s', async (name, content, reason) => {
    const path = join(folder, name);
    await writeFile(path, content);
    await expect(decodePicture(path)).rejects.toMatchObject({
      code: 'image-unreadable',
      message: `${path} could not be read as an image (${reason}): replace or remove it.`,
    });
  });

  test('a file that is not there', async () => {
    const path = join(folder, 'gone.png');
    await expect(decodePicture(path)).rejects.toMatchObject({
      code: 'image-unreadable',
      reason: 'the file is not there',
    });
  });

  test('a folder', async () => {
    await expect(decodePicture(folder)).rejects.toMatchObject({
      code: 'image-unreadable',
      reason: 'it is a folder',
    });
  });

  test.each(['Unknown error', ''])('what the decoder has no words for: "%s"', (message) => {
    expect(refusal('a.jpg', new Error(message)).reason).toBe('it is damaged or cut off');
  });

  test('an enormous file, unread', async () => {
    const path = join(folder, 'large.png');
    await writeFile(path, 'x');
    await truncate(path, 300 * 2 ** 20);
    await expect(decodePicture(path)).rejects.toMatchObject({
      code: 'image-enormous',
      reason: 'it has 300 MB, more than 256 MB',
    });
  });
});
