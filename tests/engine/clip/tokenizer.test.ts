import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ClipTokenizer, loadTokenizer } from '../../../src/engine/clip/tokenizer.ts';
import { END_ID, START_ID } from '../support/golden.ts';
import { writeTokenizer } from '../support/tokenizer-file.ts';

const DEMO = join(import.meta.dirname, '../../../resources/demo/model');

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fapt-tokenizer-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe("CLIP's own vocabulary", () => {
  let clip: ClipTokenizer;
  beforeAll(async () => {
    clip = await loadTokenizer(join(folder, 'no-tokenizer-here'), 49_408);
  });
  const inner = (text: string) => clip.encode(text).slice(1, -1);

  // Ids of the original tokenizer, without start and end.
  test.each<[string, number[]]>([
    ["You should've done this", [592, 1535, 1200, 1700, 589]],
    ['3d-printed', [274, 323, 268, 7978]],
    ['50%', [276, 271, 260]],
    ['a_b', [320, 318, 321]],
    ["don't", [847, 713]],
    ['don\u2019t', [847, 713]],
    ['p223RF\u2606', [335, 273, 273, 274, 16368, 13439]],
    ['!', [256]],
    ['a photo of a dog.', [320, 1125, 539, 320, 1929, 269]],
  ])('%s', (text, ids) => expect(inner(text)).toEqual(ids));

  test('start and end stand around the text, the end is the highest id', () => {
    expect(clip.startId).toBe(49_406);
    expect(clip.endId).toBe(49_407);
    expect(clip.encode('a photo')).toEqual([49_406, 320, 1125, 49_407]);
    expect(clip.encode('')).toEqual([49_406, 49_407]);
  });

  test('case and white space do not matter', () => {
    expect(inner(' A  PHOTO\n of\ta Dog. ')).toEqual(inner('a photo of a dog.'));
  });

  test('80 words are 80 tokens, and every digit is one', () => {
    expect(inner(new Array(80).fill('cat').join(' '))).toHaveLength(80);
    const digits = '1 4 9 11 13 15 19 23 39 40 41 49 51 59 61 64 66 70 71 72 74 77';
    expect(inner(digits)).toHaveLength(digits.replaceAll(' ', '').length);
  });

  test('pieces name the ids', () => {
    expect(clip.pieces([320, 1125, 49_407])).toEqual(['a</w>', 'photo</w>', '<|endoftext|>']);
  });
});

describe('a tokenizer.json in the folder of the weights', () => {
  test('is used for the folder and for a file in it, and fits the small vocabulary', async () => {
    await writeTokenizer(folder);
    for (const path of [folder, join(folder, 'model.safetensors')]) {
      await writeFile(join(folder, 'model.safetensors'), '');
      const tokenizer = await loadTokenizer(path, 96);
      expect(tokenizer.source).toBe(join(folder, 'tokenizer.json'));
      const ids = tokenizer.encode('a photo of 1');
      expect(ids[0]).toBe(START_ID);
      expect(ids[ids.length - 1]).toBe(END_ID);
      expect(tokenizer.pieces(ids.slice(1, -1)).join('')).toBe('a</w>photo</w>of</w>1</w>');
    }
  });

  test("of a folder's parent is another model's", async () => {
    const { source } = await loadTokenizer(join(folder, 'inner'), 49_408);
    expect(source).toBe("CLIP's own vocabulary");
  });

  test('that does not fit the weights is refused: the ids would point past the embedding', async () => {
    await expect(loadTokenizer(folder, 95)).rejects.toThrow(
      /tokenizer\.json does not fit the weights: "<\|endoftext\|>" has id 95 and the model knows 95/,
    );
    await expect(loadTokenizer('nowhere', 96)).rejects.toThrow(
      /CLIP's own vocabulary does not fit the weights: "<\|startoftext\|>" has id 49406/,
    );
  });

  test('that is damaged is named', async () => {
    await writeFile(join(folder, 'tokenizer.json'), '{"model": ');
    await expect(loadTokenizer(folder, 96)).rejects.toThrow(/tokenizer\.json is not valid JSON/);
  });
});

test('the demo tokenizer: recorded ids', async () => {
  const tokenizer = await loadTokenizer(DEMO, 2014);
  expect([tokenizer.startId, tokenizer.endId]).toEqual([2012, 2013]);
  // From the same vocabulary by the original byte-pair algorithm (lowest merge rank first).
  expect(tokenizer.encode('a photo of a red apple.')).toEqual(DEMO_IDS.photo);
  expect(tokenizer.encode("Don't zebra-3")).toEqual(DEMO_IDS.odd);
});

/** Recorded with tests/fixtures/tokenizer/record.py. */
const DEMO_IDS = {
  photo: [2012, 353, 686, 552, 353, 675, 899, 302, 2013],
  odd: [2012, 100, 517, 39, 372, 122, 1997, 301, 307, 2013],
};
