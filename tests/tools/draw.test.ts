import { describe, expect, test } from 'vitest';
import { PRETRAINING_DIFFICULTY } from '../../tools/demo-pack/difficulty.ts';
import { drawPicture } from '../../tools/demo-pack/draw.ts';
import { randomFor, shuffled } from '../../tools/demo-pack/random.ts';
import type { Sprite } from '../../tools/demo-pack/sprite.ts';

/** A plain square of one opaque colour. */
const squareOf = (r: number, g: number, b: number): Sprite => ({
  width: 40,
  height: 40,
  pixels: Float32Array.from({ length: 40 * 40 * 4 }, (_, i) => [r, g, b, 255][i % 4] as number),
  meanColour: [r, g, b],
});

/** Nothing varies but size and place. */
const PLAIN = {
  ...PRETRAINING_DIFFICULTY,
  size: [0.5, 0.5],
  rotation: 0,
  wideRotationShare: 0,
  overhang: 0,
  hue: 0,
  saturation: [1, 1],
  brightness: [1, 1],
  clutterBehind: [0, 0],
  clutterOver: [0, 0],
} as const;

const countOf = (picture: Uint8Array, colour: readonly number[]): number => {
  let count = 0;
  for (let i = 0; i < picture.length; i += 3) {
    if (colour.every((value, c) => picture[i + c] === value)) count++;
  }
  return count;
};

describe('drawPicture', () => {
  test('is decided by its key alone', () => {
    const sprite = squareOf(200, 30, 30);
    const first = drawPicture(sprite, 'key', PRETRAINING_DIFFICULTY);
    drawPicture(sprite, 'other', PRETRAINING_DIFFICULTY);
    expect(drawPicture(sprite, 'key', PRETRAINING_DIFFICULTY)).toEqual(first);
    expect(drawPicture(sprite, 'other', PRETRAINING_DIFFICULTY)).not.toEqual(first);
  });

  test('puts the drawing in at the size asked for, colours unchanged', () => {
    // Half the frame is 32 pixels a side; the rows and columns at its rim are blended.
    for (const key of ['a', 'b', 'c', 'd']) {
      const count = countOf(drawPicture(squareOf(201, 33, 77), key, PLAIN), [201, 33, 77]);
      expect(count).toBeGreaterThanOrEqual(30 * 30);
      expect(count).toBeLessThanOrEqual(32 * 32);
    }
  });

  test('brightness darkens the drawing', () => {
    const dark = { ...PLAIN, brightness: [0.5, 0.5] as const };
    expect(countOf(drawPicture(squareOf(200, 40, 80), 'a', dark), [100, 20, 40])).toBeGreaterThan(
      900,
    );
  });

  test('shapes over it hide part of it', () => {
    const hidden = { ...PLAIN, clutterOver: [12, 12] as const };
    const count = countOf(drawPicture(squareOf(201, 33, 77), 'a', hidden), [201, 33, 77]);
    expect(count).toBeLessThan(30 * 30);
  });
});

describe('randomFor', () => {
  test('spreads evenly over [0, 1)', () => {
    const random = randomFor('spread');
    const bins = new Array<number>(10).fill(0);
    for (let i = 0; i < 10_000; i++) {
      const bin = Math.floor(random.next() * 10);
      bins[bin] = (bins[bin] ?? 0) + 1;
    }
    // A bin holds 1,000 on average with standard deviation 30.
    expect(Math.min(...bins)).toBeGreaterThan(850);
    expect(Math.max(...bins)).toBeLessThan(1150);
  });

  test('shuffled keeps the members and depends on the key', () => {
    const values = Array.from({ length: 20 }, (_, i) => i);
    const one = shuffled(values, 'one');
    expect([...one].sort((a, b) => a - b)).toEqual(values);
    expect(shuffled(values, 'one')).toEqual(one);
    expect(shuffled(values, 'two')).not.toEqual(one);
  });
});
