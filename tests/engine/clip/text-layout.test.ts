import { describe, expect, test } from 'vitest';
import { layOutText } from '../../../src/engine/clip/text-layout.ts';
import { FaptError } from '../../../src/shared/errors.ts';

const END = 95;

describe('layOutText', () => {
  test('finds the end by its id, whatever stands behind it', () => {
    const padded = (pad: number) => [
      [94, 1, 2, 3, END, pad, pad],
      [94, 1, 2, 3, 4, END, pad],
    ];
    const zeros = layOutText(padded(0), END, 1);
    const ends = layOutText(padded(END), END, 1);
    expect(zeros.ends).toEqual([4, 5]);
    expect(ends.ends).toEqual([4, 5]);
    expect(zeros.length).toBe(6);
    expect(ends.sharedLength).toBe(zeros.sharedLength);
  });

  test('fills rows of different lengths up to the longest end', () => {
    const layout = layOutText(
      [
        [94, 1, END],
        [94, 2, 3, END, 0, 0],
      ],
      END,
      0,
    );
    expect(layout.length).toBe(4);
    expect(layout.tokens.map((row) => row.length)).toEqual([4, 4]);
    expect(layout.tokens[0]?.slice(0, 3)).toEqual([94, 1, END]);
  });

  test('what all classes share ends at the first difference', () => {
    const rows = [
      [94, 1, 2, 3, 7, END],
      [94, 1, 2, 3, 8, 9, END],
    ];
    expect(layOutText(rows, END, 0).sharedLength).toBe(4);
    expect(layOutText(rows, END, 2).sharedLength).toBe(4);
    // Learned positions are shared even where the words under them differ.
    expect(layOutText([[94, 5, 6, 3, 7, END], rows[1] as number[]], END, 2).sharedLength).toBe(4);
  });

  test('and always before the shortest end of text, so that every class has a row of its own', () => {
    const same = [
      [94, 1, 2, END],
      [94, 1, 2, END],
    ];
    expect(layOutText(same, END, 0).sharedLength).toBe(3);
    expect(layOutText([[94, 1, 2, END]], END, 1).sharedLength).toBe(3);
    expect(
      layOutText(
        [
          [94, 1, END],
          [94, 1, END, 5],
        ],
        END,
        0,
      ).sharedLength,
    ).toBe(2);
  });

  test('a learned context that leaves no word of the class is refused', () => {
    const rows = [
      [94, 1, 2, 3, 4, END],
      [94, 1, 2, END],
    ];
    expect(layOutText(rows, END, 1).ends).toEqual([5, 3]);
    const error = catchError(() => layOutText(rows, END, 2));
    expect(error.code).toBe('context-too-long');
    expect(error.message).toMatch(/class 1 has 2 tokens, so a learned context of 2/);
  });

  test('a text without words or without an end is refused', () => {
    expect(catchError(() => layOutText([[94, END]], END, 0)).message).toMatch(/class 0 .*no word/);
    expect(
      catchError(() =>
        layOutText(
          [
            [94, 1],
            [94, 1, END],
          ],
          END,
          0,
        ),
      ).code,
    ).toBe('text-end-missing');
  });
});

function catchError(body: () => void): FaptError {
  try {
    body();
  } catch (error) {
    if (error instanceof FaptError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}
