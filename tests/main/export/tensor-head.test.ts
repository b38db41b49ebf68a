import { expect, it } from 'vitest';
import { tensorHead } from '../../../src/main/export/tensor-head.ts';

it('writes the head of a safetensors file: aligned, with the bytes that follow', () => {
  const head = tensorHead('safetensors', 'images', [2, 3, 4, 4]);
  const length = Number(head.readBigUInt64LE(0));
  expect(head.length).toBe(8 + length);
  expect(length % 8).toBe(0);
  expect(JSON.parse(head.toString('utf8', 8))).toEqual({
    images: { dtype: 'F32', shape: [2, 3, 4, 4], data_offsets: [0, 384] },
  });
});
