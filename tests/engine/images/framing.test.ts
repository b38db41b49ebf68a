import { describe, expect, test } from 'vitest';
import { framePicture, randomRectangle } from '../../../src/engine/images/framing.ts';
import { stream } from '../../../src/engine/random.ts';

describe('the square that a model sees', () => {
  test('is the middle of the longer side, and all of the shorter', () => {
    expect(framePicture({ width: 500, height: 375 }, 224, 'crop')).toEqual({
      // int(224 * 500 / 375) = int(298.67); (298 - 224) / 2 = 37
      resized: { width: 298, height: 224 },
      left: 37,
      top: 0,
      rectangle: {
        left: (37 * 500) / 298,
        top: 0,
        width: (224 * 500) / 298,
        height: 375,
      },
    });
  });

  test('of a squashed picture is the whole', () => {
    expect(framePicture({ width: 30, height: 90 }, 10, 'squash')).toEqual({
      resized: { width: 10, height: 10 },
      left: 0,
      top: 0,
      rectangle: { left: 0, top: 0, width: 30, height: 90 },
    });
  });
});

describe('random rectangles', () => {
  const draws = (size: { width: number; height: number }) =>
    Array.from({ length: 400 }, (_, i) => randomRectangle(size, stream('rectangle', i)));

  test('have 8 to 100 % of the area, 3:4 to 4:3, and lie inside', () => {
    for (const { left, top, width, height } of draws({ width: 400, height: 300 })) {
      expect(width * height).toBeGreaterThan(0.079 * 400 * 300);
      expect(width / height).toBeGreaterThan(0.74);
      expect(width / height).toBeLessThan(1.35);
      expect(left).toBeGreaterThanOrEqual(0);
      expect(left + width).toBeLessThanOrEqual(400);
      expect(top + height).toBeLessThanOrEqual(300);
    }
  });

  test('of a strip are its middle', () => {
    for (const rectangle of draws({ width: 1000, height: 1 }).slice(0, 20)) {
      expect(rectangle).toEqual({ left: 499, top: 0, width: 1, height: 1 });
    }
  });
});
