import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

/** Each channel's contract and its two ends; nothing else knows how calls travel. */
const ENDS = [
  'shared/engine-rpc.ts',
  'engine/service/router.ts',
  'main/engine/client.ts',
  'shared/api/procedure.ts',
  'main/api/contract/implementer.ts',
  'main/hosts/serve-api.ts',
  'renderer/client/',
];

it('keeps the RPC library at the ends of the two channels', async () => {
  const source = fileURLToPath(new URL('../../../src/', import.meta.url));
  const names = await readdir(source, { recursive: true });
  const using: string[] = [];
  for (const name of names.filter((file) => /\.(ts|vue)$/.test(file))) {
    if ((await readFile(source + name, 'utf8')).includes("'@orpc/")) using.push(name);
  }
  expect(using.length).toBeGreaterThan(0);
  expect(using.filter((name) => !ENDS.some((end) => name.startsWith(end)))).toEqual([]);
});
