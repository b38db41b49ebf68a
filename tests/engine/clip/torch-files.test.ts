import { existsSync } from 'node:fs';
import { copyFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openTensorFile } from '../../../src/engine/clip/open-tensor-file.ts';
import { FaptError } from '../../../src/shared/errors.ts';
import { WEIGHTS } from '../support/weight-fixtures.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fapt-torch-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function tensorsOf(
  path: string,
): Promise<Record<string, { shape: number[]; values: number[] }>> {
  const file = await openTensorFile(path);
  const tensors: Record<string, { shape: number[]; values: number[] }> = {};
  try {
    for (const [name, { shape }] of file.entries) {
      tensors[name] = { shape, values: [...(await file.read(name))] };
    }
    return tensors;
  } finally {
    await file.close();
  }
}

async function refusalOf(path: string): Promise<FaptError> {
  const error = await tensorsOf(path).catch((e: unknown) => e);
  expect(error).toBeInstanceOf(FaptError);
  return error as FaptError;
}

/** base[i, j] of the views' fixture. */
const base = (row: number, column: number) => (6 * row + column) / 64;

describe.each(['views.pt', 'legacy.pt'])('%s: views of one storage', (name) => {
  test('turned, cut out, stepped, shared, 0-dim and empty', async () => {
    const tensors = await tensorsOf(join(WEIGHTS, name));
    const rows = [0, 1, 2, 3];
    const columns = [0, 1, 2, 3, 4, 5];
    const expected = {
      base: [[4, 6], rows.flatMap((r) => columns.map((c) => base(r, c)))],
      turned: [[6, 4], columns.flatMap((c) => rows.map((r) => base(r, c)))],
      part: [[2, 3], [1, 2].flatMap((r) => [2, 3, 4].map((c) => base(r, c)))],
      step: [[4, 3], rows.flatMap((r) => [0, 2, 4].map((c) => base(r, c)))],
      parameter: [[6], columns.map((c) => base(2, c))],
      scalar: [[], [base(3, 5)]],
      empty: [[0, 4], []],
      'nested.0.deep': [[2], [0, 1 / 64]],
      half: [[4], [2 ** -24, 1023 * 2 ** -24, 65504, -0]],
    };
    for (const [key, [shape, values]] of Object.entries(expected)) {
      expect(tensors[key], key).toEqual({ shape, values });
    }
    for (const format of ['F64', 'F16', 'BF16', 'I64', 'I32', 'I16', 'I8', 'U8']) {
      expect(tensors[`formats.${format}`]?.values, format).toEqual([0, 1, 2]);
    }
    expect(tensors['formats.BOOL']?.values).toEqual([0, 1, 1]);
  });
});

describe('official checkpoints', () => {
  test('hold tensors under the way to them, and their epoch', async () => {
    const file = await openTensorFile(join(WEIGHTS, 'fap.pth.tar-10'));
    expect(file.metadata.epoch).toBe('10');
    expect(file.entries.get('state_dict.prompt_learner.ctx')).toMatchObject({
      dtype: 'F16',
      shape: [2, 32],
    });
    // The optimizer's momentum is there too, under its own name.
    const momentum = [...file.entries.keys()].filter((name) => name.startsWith('optimizer.'));
    expect(momentum.length).toBeGreaterThan(0);
    await file.close();
  });

  test('in the older format', async () => {
    const tensors = await tensorsOf(join(WEIGHTS, 'coop.pth.tar-50'));
    expect(tensors['state_dict.ctx']).toEqual({
      shape: [4, 32],
      values: Array.from({ length: 128 }, (_, i) => i / 64),
    });
  });
});

describe('what is refused', () => {
  test('a pickle that asks for a function, by its name and without calling it', async () => {
    const { code, message } = await refusalOf(join(WEIGHTS, 'refused.pt'));
    expect(code).toBe('pickle-refused');
    expect(message).toMatch(/^refused\.pt is refused.*posix\.system/);
    expect(existsSync('/tmp/fapt-was-here')).toBe(false);
  });

  test.each(['views.pt', 'legacy.pt', 'fap.pth.tar-10', 'clip-jit.pt'])(
    '%s cut anywhere, with the byte',
    async (name) => {
      const bytes = await readFile(join(WEIGHTS, name));
      for (const share of [0.001, 0.01, 0.2, 0.5, 0.9, 0.999]) {
        const path = join(folder, `cut ${name}`);
        const end = Math.max(5, Math.floor(share * bytes.length));
        await writeFile(path, bytes.subarray(0, end));
        const { code, message } = await refusalOf(path);
        expect(code).toBe('weights-damaged');
        expect(message).toContain(`cut ${name}`);
        expect(message, `${share}`).toMatch(/at byte \d+/);
      }
    },
  );

  test('a flipped bit in the numbers, by the checksum', async () => {
    const bytes = await readFile(join(WEIGHTS, 'clip-jit.pt'));
    const at = bytes.indexOf('clip-jit/data/0') + 100;
    bytes[at] = (bytes[at] as number) ^ 1;
    const path = join(folder, 'flipped.pt');
    await writeFile(path, bytes);
    expect(await refusalOf(path)).toMatchObject({
      code: 'weights-damaged',
      message: expect.stringMatching(/checksum of "clip-jit\/data\/\d+" is wrong/),
    });
  });

  test('a zip that is no PyTorch file', async () => {
    // An empty zip with a local signature in front, as an office document begins.
    const path = join(folder, 'other.pt');
    const end = Buffer.concat([Buffer.from('PK\x05\x06', 'latin1'), Buffer.alloc(18)]);
    await writeFile(path, Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), end]));
    expect((await refusalOf(path)).message).toMatch(/no data\.pkl|directory/);
  });

  test('refused files are closed', async () => {
    const open = async () => (await readdir('/proc/self/fd')).length;
    const before = await open();
    for (let i = 0; i < 20; i += 1) await refusalOf(join(WEIGHTS, 'refused.pt'));
    expect((await open()) - before).toBeLessThan(10);
  });
});

test('a .pt that was renamed .safetensors is read for what it is', async () => {
  const path = join(folder, 'renamed.safetensors');
  await copyFile(join(WEIGHTS, 'views.pt'), path);
  expect((await tensorsOf(path)).scalar?.values).toEqual([base(3, 5)]);
});

test('names with spaces, other scripts and 250 letters', async () => {
  for (const name of ['gewichte é 测试.pt', `${'x'.repeat(247)}.pt`]) {
    await copyFile(join(WEIGHTS, 'views.pt'), join(folder, name));
    expect((await tensorsOf(join(folder, name))).scalar?.values).toEqual([base(3, 5)]);
  }
});
