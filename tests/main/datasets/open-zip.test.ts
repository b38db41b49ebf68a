import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openZip } from '../../../src/main/datasets/open-zip.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'fapt-zip-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** The end of a 64-bit archive whose directory is said to be at `offset`. */
function endOfArchive(offset: bigint): Buffer {
  const locator = Buffer.alloc(20);
  locator.writeUInt32LE(0x07064b50, 0);
  locator.writeBigUInt64LE(offset, 8);
  locator.writeUInt32LE(1, 16);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(0xffff, 8);
  end.writeUInt16LE(0xffff, 10);
  end.writeUInt32LE(0xffffffff, 12);
  end.writeUInt32LE(0xffffffff, 16);
  return Buffer.concat([Buffer.alloc(40), locator, end]);
}

it.each([2n ** 63n, 2n ** 53n + 2n, 10_000n, 62n])(
  'a directory said to be at byte %d is an error of the call',
  async (offset) => {
    const file = join(folder, `${offset}.zip`);
    writeFileSync(file, endOfArchive(offset));
    await expect(openZip(file)).rejects.toThrow();
  },
);

it('what is no archive is an error of the call', async () => {
  const file = join(folder, 'note.zip');
  writeFileSync(file, 'no archive');
  await expect(openZip(file)).rejects.toThrow(/Not a zip file/i);
});
