import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

it('keeps the RPC library in at most four files', async () => {
  const source = fileURLToPath(new URL('../../../src/', import.meta.url));
  const names = await readdir(source, { recursive: true });
  const using: string[] = [];
  for (const name of names.filter((file) => /\.(ts|vue)$/.test(file))) {
    if ((await readFile(source + name, 'utf8')).includes("'@orpc/")) using.push(name);
  }
  expect(using.length).toBeGreaterThan(0);
  expect(using.length).toBeLessThanOrEqual(4);
});
