import { describe, expect, it } from 'vitest';
import { jsonFault, parseJson } from '../../../src/main/datasets/parse-json.ts';
import { normalizePath } from '../../../src/main/datasets/split.ts';

describe('jsonFault', () => {
  it.each<[string, number]>([
    ['', 0],
    ['{', 1],
    ['{"a" 1}', 5],
    ['{"a": 1,}', 8],
    ['[1, 2,]', 6],
    ['[1 2]', 3],
    ['[,]', 1],
    ['{a: 1}', 1],
    ["['a']", 1],
    ['[1]]', 3],
    ['[1}', 2],
    ['{"a": 1]', 7],
    ['[01]', 2],
    ['[1.]', 2],
    ['["a\n"]', 1],
    ['["\\x"]', 1],
    ['[NaN]', 1],
    ['[true, fals]', 7],
    ['"a" "b"', 4],
    ['[{"a": {}}, [[]], "x", -1.5e3, null', 35],
  ])('of %j is at %d', (text, offset) => {
    expect(() => JSON.parse(text)).toThrow();
    expect(jsonFault(text)).toBe(offset);
  });
});

describe('parseJson', () => {
  it('answers what JSON.parse does', () => {
    expect(parseJson(' {"a": [1, "\\u00e9", {}]} ', 'f')).toEqual({ a: [1, 'é', {}] });
  });

  it('names file, line and column', () => {
    expect(() => parseJson('{\n  "a": 1\n  "b": 2\n}', 'split.json')).toThrow(
      'split.json is not valid JSON: the fault is in line 3, column 3;',
    );
  });
});

describe('normalizePath', () => {
  it.each([
    ['a/b.png', 'a/b.png'],
    ['.\\a\\b.png', 'a/b.png'],
    ['//a/./b//c.png', 'a/b/c.png'],
    ['a/../b.png', 'b.png'],
    ['../b.png', '../b.png'],
    ['a/../../b.png', '../b.png'],
    ['..a/b..png', '..a/b..png'],
  ])('%j is %j', (path, expected) => {
    expect(normalizePath(path)).toBe(expected);
  });
});
