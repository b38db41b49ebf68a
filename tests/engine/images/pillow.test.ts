import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { decodeImage } from '../../../src/engine/images/decode-image.ts';
import { decodePicture } from '../../../src/engine/images/decode-picture.ts';
import type { Transform } from '../../../src/engine/images/framing.ts';
import type { Rectangle } from '../../../src/engine/images/picture.ts';
import { resample } from '../../../src/engine/images/resample.ts';

/** Sources and what Pillow and torchvision make of them: tests/fixtures/pictures/make.py. */
const folder = new URL('../../fixtures/pictures/', import.meta.url);
const pathOf = (name: string) => fileURLToPath(new URL(name, folder));

type Case = { source: string; reference: string; size: number } & (
  | { transform: Transform }
  | { region: Rectangle }
);
const cases: Case[] = JSON.parse(readFileSync(pathOf('cases.json'), 'utf8'));

async function reference(name: string): Promise<Uint8Array> {
  return (await decodePicture(pathOf(`reference/${name}`))).rgb;
}

function interleaved(planes: Uint8Array): Uint8Array {
  const plane = planes.length / 3;
  return planes.map((_, i) => planes[(i % 3) * plane + Math.floor(i / 3)] as number);
}

/** Mean and largest absolute difference, in steps of 1/255. */
function difference(a: Uint8Array, b: Uint8Array) {
  expect(a).toHaveLength(b.length);
  let [sum, most] = [0, 0];
  for (const [i, value] of a.entries()) {
    const off = Math.abs(value - (b[i] as number));
    sum += off;
    most = Math.max(most, off);
  }
  return { mean: sum / a.length, most };
}

describe('the square of CLIP by Pillow, to the bit', () => {
  test.each(cases)('$reference', async (one) => {
    const path = pathOf(one.source);
    const expected = await reference(one.reference);
    const square =
      'transform' in one
        ? interleaved(await decodeImage(path, one.size, one.transform))
        : resample(await decodePicture(path), one.region, { width: one.size, height: one.size })
            .rgb;
    expect(difference(square, expected)).toEqual({ mean: 0, most: 0 });
  });
});

test('the references are not all alike', async () => {
  const [a, b] = await Promise.all(['photo.png.crop.png', 'photo.png.squash.png'].map(reference));
  expect(difference(a as Uint8Array, b as Uint8Array).mean).toBeGreaterThan(5);
});
