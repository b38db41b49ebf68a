import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { writeWhole } from '../../../src/main/export/write-whole.ts';

it('replaces a file in one go, makes its folder, and leaves nothing beside it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'fapt-export-'));
  try {
    const file = join(folder, 'new', 'table.csv');
    await writeWhole(file, 'a');
    await writeWhole(file, 'b');
    expect(await readFile(file, 'utf8')).toBe('b');
    expect(await readdir(join(folder, 'new'))).toEqual(['table.csv']);
    // A file stands where a folder would have to be.
    await writeFile(join(folder, 'taken'), '');
    await expect(writeWhole(join(folder, 'taken', 'x'), 'x')).rejects.toMatchObject({
      code: 'disk-write',
    });
  } finally {
    await rm(folder, { recursive: true });
  }
});
