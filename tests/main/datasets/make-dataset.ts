import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { crc32, deflateSync } from 'node:zlib';
import sharp from 'sharp';

export type Entry = [path: string, label: number, className: string];
export type Lists = { train?: Entry[]; val?: Entry[]; test?: Entry[] };

export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'fapt-dataset-'));
}

export function writeFile(path: string, content: string | Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}

let shade = 0;
/** A small picture whose bytes no other picture of this process has. */
export async function picture(format: 'png' | 'jpeg' | 'webp' = 'png', size = 8): Promise<Buffer> {
  shade += 1;
  const background = { r: shade % 256, g: (shade >> 8) % 256, b: 90 };
  const noise = { type: 'gaussian' as const, mean: 90, sigma: 40 };
  return sharp({ create: { width: size, height: size, channels: 3, background, noise } })
    .composite([{ input: { create: { width: 2, height: 2, channels: 3, background } } }])
    .removeAlpha()
    .toFormat(format)
    .toBuffer();
}

export const LISTS = {
  train: [
    ['cat/1.png', 0, 'house_cat'],
    ['dog/1.png', 1, 'dog'],
    ['cat/2.png', 0, 'house_cat'],
    ['dog/2.png', 1, 'dog'],
  ],
  val: [['cat/3.png', 0, 'house_cat']],
  test: [
    ['dog/4.png', 1, 'dog'],
    ['cat/4.png', 0, 'house_cat'],
  ],
} satisfies Required<Lists>;

/** A folder with `split.json` and, below `images/`, a picture for every path of the lists. */
export async function makeDataset(lists: Lists = LISTS): Promise<string> {
  const folder = temporaryFolder();
  writeFile(join(folder, 'split.json'), JSON.stringify(lists));
  for (const [path] of Object.values(lists).flat()) {
    writeFile(join(folder, 'images', path), await picture());
  }
  return folder;
}

/** A PNG that claims a size and holds next to nothing. */
export function emptyPng(width: number, height: number): Buffer {
  const chunk = (type: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(data.length);
    sum.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, sum]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([1, 0, 0, 0, 0], 8);
  const signature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
  const data = chunk('IDAT', deflateSync(Buffer.alloc(1000)));
  return Buffer.concat([signature, chunk('IHDR', header), data, chunk('IEND', Buffer.alloc(0))]);
}
