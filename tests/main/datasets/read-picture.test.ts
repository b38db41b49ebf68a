import { rmSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Picture, readPicture } from '../../../src/main/datasets/read-picture.ts';
import { emptyPng, picture, temporaryFolder, writeFile } from './make-dataset.ts';

let folder: string;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function read(content: Uint8Array | string, name = 'x.png') {
  const file = join(folder, name);
  writeFile(file, content);
  return readPicture(file);
}
const kinds = (result: Awaited<ReturnType<typeof readPicture>>) =>
  'refused' in result ? result : result.notes.map(({ kind }) => kind);

const gradient = (width: number, height: number, channels: 1 | 2 | 3 | 4 = 3) => {
  const data = Buffer.alloc(width * height * channels);
  for (let at = 0; at < data.length; at += 1) data[at] = (at * 7) % 256;
  return sharp(data, { raw: { width, height, channels } });
};

describe('what a picture holds', () => {
  it.each([
    ['JPEG', 'jpeg', 'a.JPG'],
    ['JPEG', 'jpeg', 'a.Jpeg'],
    ['PNG', 'png', 'a.png'],
    ['WebP', 'webp', 'a.webp'],
    ['GIF', 'gif', 'a.gif'],
    ['TIFF', 'tiff', 'a.TIFF'],
    ['AVIF', 'avif', 'a.avif'],
    ['PNG without an ending', 'png', 'a'],
  ] as const)('%s is read', async (_, format, name) => {
    const result = (await read(
      await gradient(20, 10).toFormat(format).toBuffer(),
      name,
    )) as Picture;
    expect(result).toMatchObject({ width: 20, height: 10, sha256: /^[0-9a-f]{64}$/ });
    expect(result.notes.map(({ kind }) => kind).filter((kind) => kind === 'misnamed')).toEqual([]);
  });

  it.each<[string, () => Promise<Buffer>, string, string[]]>([
    ['a PNG named .jpg', () => gradient(9, 9).png().toBuffer(), 'a.jpg', ['misnamed']],
    ['CMYK', () => gradient(9, 9).toColourspace('cmyk').jpeg().toBuffer(), 'a.jpg', ['cmyk']],
    [
      '16 bits',
      () => gradient(9, 9).toColourspace('rgb16').png().toBuffer(),
      'a.png',
      ['sixteen-bit'],
    ],
    ['grey', () => gradient(9, 9, 1).toColourspace('b-w').png().toBuffer(), 'a.png', ['grey']],
    ['transparent', () => gradient(9, 9, 4).png().toBuffer(), 'a.png', ['transparent']],
    [
      'grey and transparent',
      () => gradient(9, 9, 2).toColourspace('b-w').png().toBuffer(),
      'a.png',
      ['grey', 'transparent'],
    ],
    [
      'turned by EXIF',
      () => gradient(40, 20).withMetadata({ orientation: 6 }).jpeg().toBuffer(),
      'a.jpg',
      ['rotated'],
    ],
  ])('%s is told', async (_, make, name, expected) => {
    expect(kinds(await read(await make(), name))).toEqual(expected);
  });

  it('only the first frame of an animation counts', async () => {
    const frames = sharp(Buffer.alloc(900, 80).fill(200, 0, 300).fill(140, 600), {
      raw: { width: 10, height: 30, channels: 3, pageHeight: 10 },
    });
    for (const format of ['gif', 'webp'] as const) {
      const result = (await read(
        await frames.clone().toFormat(format).toBuffer(),
        `a.${format}`,
      )) as Picture;
      expect(result).toMatchObject({ width: 10, height: 10 });
      expect(result.notes).toContainEqual({
        kind: 'animated',
        type: expect.any(String),
        frames: 3,
      });
    }
  });

  it('only the first page of a TIFF counts', async () => {
    const pages = new URL('../../fixtures/pictures/two-pages.tif', import.meta.url);
    const result = (await readPicture(fileURLToPath(pages))) as Picture;
    expect(result).toMatchObject({ width: 30, height: 24 });
    expect(result.notes).toEqual([{ kind: 'animated', type: 'tiff', frames: 2 }]);
  });

  it.each([
    [1, 1],
    [3000, 10],
    [1, 2000],
  ])('%d x %d is a picture', async (width, height) => {
    expect(await read(await gradient(width, height).png().toBuffer())).toMatchObject({
      width,
      height,
    });
  });

  it('20 bytes after its end do no harm', async () => {
    const whole = await gradient(50, 50).jpeg().toBuffer();
    expect(kinds(await read(Buffer.concat([whole, Buffer.alloc(20, 7)]), 'a.jpg'))).toEqual([]);
  });
});

describe('what is refused', () => {
  it.each([
    ['jpeg', 0.6],
    ['png', 0.6],
    ['webp', 0.6],
    ['tiff', 0.6],
    ['gif', 0.6],
    ['jpeg', 0.98],
    ['png', 0.98],
  ] as const)('a %s cut to %d of its length', async (format, share) => {
    const whole = await picture('png', 300);
    const bytes = await sharp(whole).toFormat(format).toBuffer();
    const cut = bytes.subarray(0, Math.floor(bytes.length * share));
    expect(await read(cut, `a.${format}`)).toMatchObject({ refused: 'unreadable' });
  });

  it.each<[string, Uint8Array | string, string]>([
    ['an empty file', '', 'the file is empty'],
    ['random bytes', Buffer.from('%&/()=?'.repeat(150)), 'is no picture of a known format'],
    ['text', 'a picture of a cat', 'is no picture of a known format'],
    ['SVG', '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>', 'is no picture'],
    ['HEIC', Buffer.from('\0\0\0\x18ftypheic\0\0\0\0mif1heic', 'latin1'), 'convert it to JPEG'],
    ['HEIC of another brand', Buffer.from('\0\0\0\x18ftypmif1\0\0\0\0', 'latin1'), 'it is HEIC'],
    [
      'BMP',
      Buffer.from('BM\x46\0\0\0\0\0\0\0\x36\0\0\0', 'latin1'),
      'it is BMP: convert it to PNG',
    ],
    ['a JPEG header alone', Buffer.from([0xff, 0xd8, 0xff, 0xe0]), ''],
  ])('%s', async (_, content, reason) => {
    expect(await read(content, 'a.jpg')).toEqual({
      refused: 'unreadable',
      reason: expect.stringContaining(reason),
    });
  });

  it('a file that is not there', async () => {
    expect(await readPicture(join(folder, 'none.png'))).toMatchObject({ refused: 'unreadable' });
  });

  it('an enormous picture, without decoding it', async () => {
    const before = process.memoryUsage().rss;
    expect(await read(emptyPng(20_000, 20_000))).toEqual({
      refused: 'enormous',
      reason: 'it has 20000 x 20000 pixels, more than 120 million pixels: make it smaller',
    });
    expect(process.memoryUsage().rss - before).toBeLessThan(300e6);
  });

  it('a picture of few pixels that is longer than any, without shrinking it', async () => {
    expect(await read(emptyPng(8, 10_000_000))).toEqual({
      refused: 'enormous',
      reason: 'it has 8 x 10000000 pixels, a side over 65535: make it smaller',
    });
  });

  it('an enormous file, without reading it', async () => {
    const file = join(folder, 'a.png');
    writeFile(file, 'x');
    truncateSync(file, 300 * 2 ** 20);
    expect(await readPicture(file)).toMatchObject({ refused: 'enormous', reason: /300 MB/ });
  });
});
