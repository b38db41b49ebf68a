import { beforeAll, describe, expect, it } from 'vitest';
import { layOutText } from '../../../src/engine/clip/text-layout.ts';
import { type ClipTokenizer, loadTokenizer } from '../../../src/engine/clip/tokenizer.ts';
import { handTexts, learnedTexts } from '../../../src/engine/prompts/class-texts.ts';
import { previewPrompts } from '../../../src/engine/prompts/preview-prompts.ts';
import { defaultConfig } from '../../../src/shared/method-catalogue.ts';
import { smallConfig } from '../support/small-run.ts';

/** Of CLIP's own text tower. */
const LENGTH = 77;
const VOCABULARY = 49_408;
const DIGITS = '1 4 9 11 13 15 19 23 39 40 41 49 51 59 61 64 66 70 71 72 74 77';
const repeated = (word: string, n: number) => Array.from({ length: n }, () => word).join(' ');

let clip: ClipTokenizer;
beforeAll(async () => {
  clip = await loadTokenizer('/nowhere/weights', VOCABULARY);
});

const taskOf = (classNames: string[], template = 'a photo of a {}.') => ({ classNames, template });
const hand = (classNames: string[], template?: string) =>
  handTexts(taskOf(classNames, template), 'as-published', clip, LENGTH);

/** CoOp's context of `contextLength` words before each name, among 77 positions. */
function learned(classNames: string[], contextLength: number) {
  const { prompts } = smallConfig('coop');
  return learnedTexts(taskOf(classNames), { ...prompts, contextLength }, clip, LENGTH);
}

async function preview(classNames: string[], contextLength: number) {
  const { prompts } = defaultConfig({
    method: 'coop',
    dataset: 'd',
    model: 'm',
    shots: 1,
    seed: 1,
  });
  return previewPrompts({
    model: { path: '/nowhere/weights' },
    task: taskOf(classNames),
    method: 'coop',
    prompts: { ...prompts, contextLength },
    vocabularySize: VOCABULARY,
    contextLength: LENGTH,
  });
}

describe('a text that is longer than the model reads', () => {
  it('is refused with the tokens it has and those that fit, by hand and with a learned context', () => {
    expect(() => hand(['dog', repeated('cat', 80)])).toThrow(
      /text of class "cat cat .*" has 87 tokens, and the model takes 77 with start and end: shorten/,
    );
    expect(() => learned([repeated('cat', 60)], 16)).toThrow(/has 79 tokens, and .* takes 77/);
  });

  it('fits to the last position, and its end is never cut off', () => {
    for (const { rows } of [
      hand([repeated('cat', 70), 'dog']),
      learned([repeated('cat', 58)], 16),
    ]) {
      for (const row of rows) expect(row.indexOf(clip.endId)).toBe(row.length - 1);
      expect(rows[0]).toHaveLength(LENGTH);
    }
  });

  it('is counted by its tokens: a digit is one', () => {
    const { rows } = hand([DIGITS]);
    expect(rows[0]).toHaveLength(DIGITS.replaceAll(' ', '').length + 5 + 2);
  });

  it('is told by the preview, which refuses nothing', async () => {
    const { classes } = await preview([repeated('cat', 80), DIGITS, 'cat'], 16);
    expect(classes.map(({ ids, tooLong }) => [ids.length, tooLong])).toEqual([
      [99, true],
      [60, false],
      [20, false],
    ]);
  });
});

describe('the learned context', () => {
  // Two words take the place of the first two of "a photo of a"; the others stay, as published.
  it.each([
    [2, ['of', 'a']],
    [4, []],
    [16, []],
    [70, []],
  ])('of %i words stands before the whole name', async (n, kept) => {
    const { classes, learned: count, contextLength } = await preview(['golden retriever'], n);
    expect([count, contextLength]).toEqual([n, LENGTH]);
    expect(classes[0]?.tokens).toEqual([
      '<|startoftext|>',
      ...Array.from({ length: n }, (_, word) => `[${word + 1}]`),
      ...kept,
      'golden',
      'retriever',
      '.',
      '<|endoftext|>',
    ]);
    expect(classes[0]?.tooLong).toBe(false);
  });

  it('that leaves no room for the name is told, and refused when it is used', async () => {
    expect((await preview(['golden retriever'], 73)).classes[0]?.tooLong).toBe(true);
    expect(() => learned(['golden retriever'], 73)).toThrow(/has 78 tokens/);
  });

  it.each([
    [2, ['a</w>', 'photo</w>']],
    [4, ['a</w>', 'photo</w>', 'of</w>', 'a</w>']],
    [16, null],
  ])('of %i words starts from as many words, or at random beyond four', (n, words) => {
    const { initialWords } = learned(['dog'], n);
    expect(initialWords && clip.pieces(initialWords)).toEqual(words);
  });
});

describe('names and templates', () => {
  it('give the text as it is written, with spaces for underscores', () => {
    expect(hand(['n02123045', 'tabby_cat']).texts).toEqual([
      'a photo of a n02123045.',
      'a photo of a tabby cat.',
    ]);
    expect(hand(['tabby_cat'], '{}').texts).toEqual(['tabby cat']);
  });

  it.each(['photo', '{} and {}', ''])('the template "%s" is refused', (template) => {
    expect(() => hand(['cat'], template)).toThrow(/must hold exactly one "\{\}"/);
  });

  it('of marks end at their own end, whatever the row is filled up with', () => {
    const { rows } = hand(['!', 'a!', '!%', 'dog'], '{}');
    // "!" before another mark has the id 0, which fills up rows elsewhere.
    expect(rows.map((row) => row.slice(1, -1))).toEqual([[256], [320, 256], [0, 260], [1929]]);
    for (const pad of [0, clip.endId]) {
      const padded = rows.map((row) => [...row, ...new Array(LENGTH - row.length).fill(pad)]);
      expect(layOutText(padded, clip.endId, 0).ends).toEqual([2, 3, 3, 2]);
    }
  });
});
