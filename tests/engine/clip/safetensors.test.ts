import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  openSafetensors,
  type TensorData,
  writeSafetensors,
} from '../../../src/engine/clip/safetensors.ts';
import { FaptError } from '../../../src/shared/errors.ts';
import { rawF32, safetensorsBytes, withHeader } from '../support/safetensors-bytes.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fapt-safetensors-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function put(name: string, bytes: Uint8Array): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, bytes);
  return path;
}

const words = (...values: number[]) => new Uint8Array(Uint16Array.from(values).buffer);

async function readOne(name: string, dtype: string, shape: number[], bytes: Uint8Array) {
  const path = await put(name, safetensorsBytes({ x: { dtype, shape, bytes } }));
  const file = await openSafetensors(path);
  const values = await file.read('x');
  await file.close();
  return values;
}

describe('number formats widen to float32 exactly', () => {
  test('F16: smallest and largest subnormal, largest number, minus zero, one, infinity', async () => {
    const bytes = words(0x0001, 0x03ff, 0x7bff, 0x8000, 0x3c00, 0xc000, 0x0400, 0x7c00);
    const values = await readOne('half.safetensors', 'F16', [8], bytes);
    expect([...values]).toEqual([
      2 ** -24,
      1023 * 2 ** -24,
      65504,
      -0,
      1,
      -2,
      2 ** -14,
      Number.POSITIVE_INFINITY,
    ]);
    expect(await readOne('nan.safetensors', 'F16', [1], words(0x7e01))).toEqual(
      Float32Array.of(Number.NaN),
    );
  });

  test('BF16: the upper half of a float32', async () => {
    // 1.0 = 0x3f800000; pi's upper half 0x4049 is 3.140625; 0x8000 is -0; 0x0001 is 2^-133.
    const values = await readOne('b.safetensors', 'BF16', [4], words(0x3f80, 0x4049, 0x8000, 1));
    expect([...values]).toEqual([1, 3.140625, -0, 2 ** -133]);
  });

  test('I64, I32, U8, BOOL, F64 and F32', async () => {
    const read = async (dtype: string, data: ArrayBufferView) => [
      ...(await readOne(
        `${dtype}.safetensors`,
        dtype,
        [3],
        new Uint8Array(data.buffer as ArrayBuffer),
      )),
    ];
    expect(await read('I64', BigInt64Array.of(0n, -1n, 49407n))).toEqual([0, -1, 49407]);
    expect(await read('I32', Int32Array.of(0, -7, 1 << 20))).toEqual([0, -7, 1 << 20]);
    expect(await read('U8', Uint8Array.of(0, 7, 255))).toEqual([0, 7, 255]);
    expect(await read('BOOL', Uint8Array.of(0, 1, 1))).toEqual([0, 1, 1]);
    expect(await read('F64', Float64Array.of(0.5, -3, 1e10))).toEqual([0.5, -3, 1e10]);
    expect(await read('F32', Float32Array.of(0.5, -3, 1.25))).toEqual([0.5, -3, 1.25]);
  });

  test('an unknown format is refused by name when it is read, and before that if its offsets make no sense', async () => {
    const bytes = new Uint8Array(3);
    await expect(readOne('f8.safetensors', 'F8_E4M3', [3], bytes)).rejects.toThrow(
      /f8\.safetensors holds "x" as F8_E4M3, which is not supported: convert/,
    );
    const backwards = safetensorsBytes({ x: { dtype: 'F8_E4M3', shape: [3], bytes } }, (header) => {
      (header.x as { data_offsets: number[] }).data_offsets = [3, 1];
    });
    await expect(openSafetensors(await put('back.safetensors', backwards))).rejects.toThrow(
      /^back\.safetensors is not a complete safetensors file/,
    );
  });
});

describe('a damaged file is refused with its name, the sizes and what to do', () => {
  const good = () => safetensorsBytes({ a: rawF32([2], [1, 2]), b: rawF32([1], [3]) });
  const claim = (length: bigint) => {
    const bytes = good();
    bytes.writeBigUInt64LE(length);
    return bytes;
  };
  const offsets = (name: string, to: unknown) =>
    safetensorsBytes({ a: rawF32([2], [1, 2]), b: rawF32([1], [3]) }, (header) => {
      (header[name] as { data_offsets: unknown }).data_offsets = to;
    });
  const size = good().length;

  test.each<[string, Uint8Array, RegExp]>([
    ['empty', new Uint8Array(0), /it has 0 bytes, where the header alone needs more than 8/],
    ['seven bytes', new Uint8Array(7), /it has 7 bytes/],
    ['2^40', claim(2n ** 40n), new RegExp(`claims 1099511627776 bytes and the file has ${size}`)],
    ['header longer than file', claim(200n), /its header claims 200 bytes and the file has \d+/],
    ['all ones', claim(2n ** 64n - 1n), /its header claims 18446744073709552000 bytes/],
    [
      'cut by one byte',
      good().subarray(0, -1),
      new RegExp(
        `file at byte ${size - 1}: "b" goes on to byte ${size} and the file has ${size - 1}`,
      ),
    ],
    ['renamed .pt', Buffer.from('PK\u0003\u0004 archive of a torch file'), /PyTorch \.pt file/],
    ['not JSON', withHeader('{"a": '), /its header is not a JSON object/],
    ['JSON null', withHeader('null'), /its header is not a JSON object/],
    ['JSON list', withHeader('[1, 2]'), /its header is not a JSON object/],
    ['overlap', offsets('b', [4, 8]), /two of its tensors overlap/],
    ['wrong size', offsets('b', [8, 10]), /"b" \[1\] in F32 needs 4 bytes and has 2/],
    ['negative offset', offsets('b', [-4, 0]), /the position of "b" makes no sense/],
    ['backwards', offsets('b', [12, 8]), /"b" ends before it begins/],
    ['no offsets', offsets('b', null), /the position of "b" makes no sense/],
    ['entry null', withHeader('{"a": null}'), /the header entry of "a" makes no sense/],
    ['shape', withHeader('{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}'), /"a" makes/],
  ])('%s', async (kind, bytes, why) => {
    const path = await put(`${kind} model.safetensors`, bytes);
    const error = await openSafetensors(path).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(FaptError);
    const { code, message } = error as FaptError;
    expect(code).toBe('weights-damaged');
    expect(message).toContain(`${kind} model.safetensors is not a complete safetensors file`);
    expect(message).toContain(path);
    expect(message).toMatch(why);
  });

  test('a header that claims gigabytes is not allocated', async () => {
    const path = await put('huge.safetensors', claim(2n ** 33n));
    const before = process.memoryUsage().arrayBuffers;
    await expect(openSafetensors(path)).rejects.toThrow(/claims 8589934592 bytes/);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1e6);
  });

  test('a missing file is named', async () => {
    await expect(openSafetensors(join(folder, 'none.safetensors'))).rejects.toThrow(
      /no readable weight file at .*none\.safetensors/,
    );
  });

  test('a refused file is closed', async () => {
    const path = await put('closed.safetensors', good().subarray(0, -1));
    const open = async () => (await readdir('/proc/self/fd')).length;
    await openSafetensors(path).catch(() => {});
    const before = await open();
    for (let i = 0; i < 20; i += 1) await openSafetensors(path).catch(() => {});
    expect((await open()) - before).toBeLessThan(20);
  });
});

describe('writing', () => {
  test('a round trip keeps every value, shape and the metadata', async () => {
    const path = join(folder, 'round.safetensors');
    const data = Float32Array.of(1.5, -0, 1e-45, 3.4028234663852886e38, Number.NaN, -7);
    await writeSafetensors(
      path,
      {
        'grüße/x': { shape: [2, 3], data },
        ids: { shape: [2], data: Int32Array.of(-1, 49407) },
        half: { shape: [2], data: Uint16Array.of(0x3c00, 0x0001) },
        scalar: { shape: [], data: Float32Array.of(2) },
      },
      { step: '7' },
    );
    const file = await openSafetensors(path);
    expect(file.metadata).toEqual({ step: '7' });
    expect(file.entries.get('grüße/x')?.shape).toEqual([2, 3]);
    expect(await file.read('grüße/x')).toEqual(data);
    expect([...(await file.read('ids'))]).toEqual([-1, 49407]);
    expect([...(await file.read('half'))]).toEqual([1, 2 ** -24]);
    expect([...(await file.read('scalar'))]).toEqual([2]);
    await file.close();
    const headerLength = Number((await readFile(path)).readBigUInt64LE());
    expect(headerLength % 8).toBe(0);
  });

  test('a write that fails midway leaves the old file whole', async () => {
    const path = join(folder, 'kept.safetensors');
    await writeSafetensors(path, { a: { shape: [1], data: Float32Array.of(1) } });
    const before = await readFile(path);
    const broken = {
      get data(): Float32Array {
        throw new Error('disk full');
      },
      shape: [1],
    } as TensorData;
    await expect(writeSafetensors(path, { a: broken })).rejects.toThrow('disk full');
    expect(await readFile(path)).toEqual(before);
  });

  test('a left-over half file of a crash is never read and does not stop the next write', async () => {
    const path = join(folder, 'after.safetensors');
    await put('after.safetensors.part', Buffer.from('half a file'));
    await expect(openSafetensors(path)).rejects.toThrow(/no readable weight file/);
    await writeSafetensors(path, { a: { shape: [1], data: Float32Array.of(4) } });
    const file = await openSafetensors(path);
    expect([...(await file.read('a'))]).toEqual([4]);
    await file.close();
    expect((await readdir(folder)).filter((name) => name.startsWith('after'))).toEqual([
      'after.safetensors',
    ]);
  });
});
