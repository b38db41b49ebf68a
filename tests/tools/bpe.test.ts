import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Tokenizer } from '@huggingface/tokenizers';
import { describe, expect, test } from 'vitest';
import { byteCharacters, countWords, learnMerges } from '../../tools/demo-pack/bpe.ts';
import { CAPTION_TEMPLATES, captionOf } from '../../tools/demo-pack/templates.ts';

describe('learnMerges', () => {
  test('joins the commonest neighbours first, then builds on what it joined', () => {
    // "ab</w>" stands 3 times, "ab c</w>" twice: (a, b</w>) 3 before (a, b) 2 before (ab, c</w>) 2.
    const counts = new Map([
      ['ab', 3],
      ['abc', 2],
    ]);
    expect(learnMerges(counts, 10)).toEqual(['a b</w>', 'a b', 'ab c</w>']);
  });

  test('stops at the number asked for, and at pairs that stand once', () => {
    expect(learnMerges(new Map([['ab', 3]]), 0)).toEqual([]);
    expect(learnMerges(new Map([['ab', 1]]), 10)).toEqual([]);
  });
});

test('countWords lowers case and splits as CLIP does', () => {
  expect([...countWords(['A Cat, a cat', "cat's 12"])]).toEqual([
    ['a', 2],
    ['cat', 3],
    [',', 1],
    ["'s", 1],
    ['1', 1],
    ['2', 1],
  ]);
});

test('each byte has a character of its own', () => {
  expect(new Set(byteCharacters()).size).toBe(256);
});

describe('the committed tokenizer', () => {
  const path = join(import.meta.dirname, '../../resources/demo/model/tokenizer.json');
  const file = JSON.parse(readFileSync(path, 'utf8')) as {
    model: { vocab: Record<string, number>; merges: string[] };
  };
  const tokenizer = new Tokenizer(file, {});
  const size = Object.keys(file.model.vocab).length;

  test('has start and end of text as its two highest ids, and ids without a gap', () => {
    expect(tokenizer.token_to_id('<|startoftext|>')).toBe(size - 2);
    expect(tokenizer.token_to_id('<|endoftext|>')).toBe(size - 1);
    expect(size).toBe(512 + file.model.merges.length + 2);
    const ids = Object.values(file.model.vocab).sort((a, b) => a - b);
    expect(ids).toEqual(Array.from({ length: size }, (_, id) => id));
  });

  test('encodes common words whole, whatever their case and spacing', () => {
    const { ids, tokens } = tokenizer.encode(' A photo  of\na Red apple.');
    const words = ['a', 'photo', 'of', 'a', 'red', 'apple', '.'].map((word) => `${word}</w>`);
    expect(tokens).toEqual(['<|startoftext|>', ...words, '<|endoftext|>']);
    expect(ids).toEqual(tokenizer.encode('a photo of a red apple.').ids);
  });

  test('encodes text it never saw, without an unknown token', () => {
    const { ids } = tokenizer.encode('Ünïcode 🍎 §7', { add_special_tokens: false });
    expect(ids.every((id: number) => id >= 0 && id < size - 2)).toBe(true);
    expect(tokenizer.decode(ids)).toContain('ünïcode');
  });

  test('has its templates in it: no caption needs more than 24 tokens of its own', () => {
    for (const template of CAPTION_TEMPLATES) {
      const { ids } = tokenizer.encode(captionOf(template, 'fire engine'));
      expect(ids.length, template).toBeLessThanOrEqual(24);
    }
  });
});
