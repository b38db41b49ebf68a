import { describe, expect, it } from 'vitest';
import { comparedMaps, explainedMaps } from '../../../src/renderer/maps/explained-maps.ts';
import { wrapped } from '../../../src/renderer/maps/figure-page.ts';
import { formatSigned } from '../../../src/renderer/maps/format-signed.ts';
import { logitRange, logitRows } from '../../../src/renderer/maps/logit-rows.ts';
import { LruMap } from '../../../src/renderer/maps/lru-map.ts';
import { scaleColors, sharedLimit } from '../../../src/renderer/maps/scale.ts';
import { valueAt } from '../../../src/renderer/maps/signed-map.ts';
import { commonSteps, movedStep } from '../../../src/renderer/maps/step-moves.ts';
import { wordItems, wordMap } from '../../../src/renderer/maps/word-items.ts';

describe('maps of an explanation', () => {
  const a = explainedMaps({ grid: [1, 2], maps: { clean: [1, 2], adversarial: [3, 1] } });
  const b = explainedMaps({ grid: [1, 2], maps: { clean: [0, 5], adversarial: [1, 1] } });

  it('have a change: adversarial - clean', () => {
    expect(a.change.values).toEqual([2, -1]);
    expect(valueAt(a.change, { row: 0, column: 1 })).toBe(-1);
    expect(valueAt(a.change, { row: 1, column: 0 })).toBeNaN();
  });

  it('are compared as A - B, where the grids are alike', () => {
    const compared = comparedMaps(a, b);
    expect(compared?.clean.values).toEqual([1, -3]);
    expect(compared?.adversarial.values).toEqual([2, 0]);
    expect(compared?.change.values).toEqual([1, 3]);
    const other = explainedMaps({ grid: [2, 1], maps: { clean: [0, 5], adversarial: [1, 1] } });
    expect(comparedMaps(a, other)).toBeNull();
  });

  it('share one limit, those left out that are not there', () => {
    expect(sharedLimit([a.clean, null, b.clean])).toBe(5);
    expect(sharedLimit([null])).toBe(1);
  });
});

describe('the legend', () => {
  it('runs from blue over paper to orange, and is paper alone where the map is off', () => {
    const colors = scaleColors(1);
    expect(colors[0]).toBe('rgb(5 48 120)');
    expect(colors.at(-1)).toBe('rgb(133 55 0)');
    expect(colors[12]).toBe('rgb(190 190 190)');
    expect(new Set(scaleColors(0))).toEqual(new Set(['rgb(190 190 190)']));
  });
});

describe('numbers with a sign', () => {
  it('have three digits; 0 has no sign', () => {
    expect(formatSigned(0.123456)).toBe('+0.123');
    expect(formatSigned(-4)).toBe('−4');
    expect(formatSigned(0)).toBe('0');
    expect(formatSigned(-0)).toBe('0');
    expect(formatSigned(Number.NaN)).toBe('NaN');
  });
});

describe('logits', () => {
  const given = { logits: [1, 5, 3, 2, 4, 2.5], margins: [-4, 1, -2, -3, -1, -2.5] };
  it('are the largest, and the true class wherever it stands', () => {
    const rows = logitRows(given, ['a', 'b', 'c', 'd', 'e', 'f'], { always: [0], range: [1, 5] });
    expect(rows.map(({ name }) => name)).toEqual(['b', 'e', 'c', 'f', 'a']);
    expect(rows.map(({ margin }) => margin)).toEqual([1, -1, -2, -2.5, -4]);
    expect(rows.map(({ share }) => share)).toEqual([1, 0.75, 0.5, 0.375, 0]);
  });

  it('share a scale; equal ones have whole bars', () => {
    expect(logitRange([[1, 2], [4]])).toEqual([1, 4]);
    expect(logitRange([[Number.NaN]])).toEqual([0, 1]);
    const rows = logitRows({ logits: [2, 2], margins: [0, 0] }, ['a', 'b'], {
      always: [],
      range: [2, 2],
    });
    expect(rows.map(({ share }) => share)).toEqual([1, 1]);
  });
});

describe('words', () => {
  const piece = (text: string, clean: number, adversarial: number) => ({
    ...{ text, clean, adversarial, learned: text === '[1]', endsWord: true },
  });
  const answer = {
    tokens: [piece('[1]', 1, 2), piece('ba', 1, 1), piece('by', 2, -9)],
    words: [
      { text: '[1]', learned: true, first: 0, count: 1, clean: 1, adversarial: 2 },
      { text: 'baby', learned: false, first: 1, count: 2, clean: 3, adversarial: -8 },
    ],
  };

  it('are whole, or their pieces on demand', () => {
    const whole = wordItems(answer, false, ({ clean }) => clean);
    expect(whole).toEqual([
      { text: '[1]', learned: true, value: 1 },
      { text: 'baby', learned: false, value: 3 },
    ]);
    const pieces = wordItems(answer, true, ({ adversarial }) => adversarial);
    expect(pieces.map(({ text, value }) => [text, value])).toEqual([
      ['[1]', 2],
      ['ba', 1],
      ['by', -9],
    ]);
  });

  it('have one scale that holds the changes too', () => {
    expect(sharedLimit([wordMap(answer)])).toBe(11);
    expect(wordMap(null)).toBeNull();
  });
});

describe('steps', () => {
  it('end in the answer of the attack', () => {
    expect(movedStep([0, 1, 2], 2, 1)).toBeNull();
    expect(movedStep([0, 1, 2], null, -1)).toBe(2);
    expect(movedStep([0, 1, 2], 0, -1)).toBe(0);
    expect(movedStep([], null, 1)).toBeNull();
  });

  it('can be asked for where both attacks have them', () => {
    expect(
      commonSteps([
        [0, 1, 2, 3],
        [0, 2, 4],
      ]),
    ).toEqual([0, 2]);
    expect(commonSteps([])).toEqual([]);
  });
});

describe('kept answers', () => {
  it('forget what was used longest ago', () => {
    const kept = new LruMap<string, number>(2);
    kept.set('a', 1);
    kept.set('b', 2);
    kept.get('a');
    kept.set('c', 3);
    expect([kept.get('a'), kept.get('b'), kept.get('c')]).toEqual([1, undefined, 3]);
  });
});

describe('texts of a figure', () => {
  it('are broken at spaces, a long word alone', () => {
    const measure = (text: string) => text.length;
    expect(wrapped('one two three', 7, measure)).toEqual(['one two', 'three']);
    expect(wrapped('incomprehensible no', 5, measure)).toEqual(['incomprehensible', 'no']);
  });
});
