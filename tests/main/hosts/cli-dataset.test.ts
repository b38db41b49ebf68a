import { existsSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  LISTS,
  makeDataset,
  picture,
  temporaryFolder,
  writeFile,
} from '../datasets/make-dataset.ts';
import { writeTinyClip } from '../fixtures/tiny-clip.ts';
import { runCli, sentences } from './run-cli.ts';

let folder: string;
let data: string;
let workspace: string;
const fapt = (...args: string[]) => runCli(workspace, args);

beforeAll(async () => {
  folder = temporaryFolder();
  workspace = join(folder, 'workspace');
  data = await makeDataset();
  expect(await fapt('dataset', 'add', data, '--name', 'pets')).toMatchObject({ code: 0 });
});
afterAll(() => {
  for (const one of [folder, data]) rmSync(one, { recursive: true, force: true });
});

describe('fapt dataset add', () => {
  it('--dry-run --json reports, and makes no workspace', async () => {
    const elsewhere = join(folder, 'elsewhere');
    const classes = join(folder, 'my classes');
    for (const path of ['cat/1.png', 'cat/2.png', 'dog/1.png', 'dog/2.png']) {
      writeFile(join(classes, path), await picture());
    }
    writeFile(join(classes, 'cat/3.png'), 'no picture');
    writeFile(join(classes, '.DS_Store'), 'x');
    const args = ['dataset', 'add', classes, '--dry-run', '--json'];
    const result = await runCli(elsewhere, args);
    expect(result.json()).toEqual({
      format: 'folders',
      classes: ['cat', 'dog'],
      counts: { train: expect.any(Number), val: expect.any(Number), test: expect.any(Number) },
      problems: [
        { file: 'my classes', kind: 'made-split', message: expect.any(String) },
        { file: '.DS_Store', kind: 'junk', message: expect.stringContaining('.DS_Store') },
        { file: 'cat/3.png', kind: 'unreadable', message: expect.any(String) },
      ],
      skipped: ['.DS_Store', 'cat/3.png'],
    });
    expect(existsSync(elsewhere)).toBe(false);
    const seeded = await runCli(elsewhere, [
      ...args,
      '--split-seed',
      '7',
      '--split-ratio',
      '80/0/20',
    ]);
    expect(seeded.json().counts).toMatchObject({ val: 0 });
  });

  it.each([
    [['--preset', 'mnist'], /no preset "mnist": the presets are ImageNet, Caltech101/],
    [['--split-ratio', '50/50'], /three numbers such as 50\/20\/30/],
    [['--split-ratio', '0/50/50'], /the first above 0/],
    [['--format', 'tar'], /auto, coop, folders, csv, zip, ImageNet/],
  ])('%j is wrong usage', async (args, sentence) => {
    const result = await fapt('dataset', 'add', data, '--dry-run', ...args);
    expect(result).toMatchObject({ code: 2, stdout: '' });
    expect(sentences(result)).toEqual([expect.stringMatching(sentence)]);
  });

  it('names what a preset lacks', async () => {
    const result = await fapt('dataset', 'add', data, '--preset', 'dtd');
    expect(result).toMatchObject({ code: 0 });
    const cars = await fapt('dataset', 'add', data, '--preset', 'SUN397', '--name', 'sun');
    expect(cars).toMatchObject({ code: 1, stdout: '' });
    expect(sentences(cars).at(-1)).toMatch(/lacks SUN397, split_zhou_SUN397.json or ClassName.txt/);
  });
});

describe('fapt dataset', () => {
  it('shows how a split came about', async () => {
    const shown = (await fapt('dataset', 'show', 'pets', '--json')).json();
    expect(shown).toMatchObject({
      format: 'coop',
      madeSplit: null,
      preset: null,
      splitHashOf: 'content',
      counts: { train: 4, val: 1, test: 2 },
    });
  });

  it('edits names and template, and keeps a history', async () => {
    const edited = await fapt(
      ...['dataset', 'edit', 'pets', '--as', 'pets-2', '--json'],
      ...['--template', '{} at home.', '--rename', 'dog=hound', '--rename', '#0=tabby'],
    );
    expect(edited.json()).toMatchObject({ name: 'pets-2', classNames: ['tabby', 'hound'] });
    const { changes } = (await fapt('dataset', 'history', 'pets-2', '--json')).json();
    expect(changes).toMatchObject([{ kind: 'copy' }, { kind: 'edit' }]);
    const refused = await fapt('dataset', 'edit', 'pets', '--template', 'photo');
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(sentences(refused)).toEqual([expect.stringMatching(/must have exactly one "\{\}"/)]);
    expect(await fapt('dataset', 'edit', 'pets', '--rename', 'dog')).toMatchObject({ code: 2 });
  });

  it('checks what was only listed, and fixes it', async () => {
    const listed = await makeDataset({ ...LISTS, test: [['cat/1.png', 0, 'house_cat']] });
    const name = ['--name', 'listed'];
    const added = await fapt('dataset', 'add', listed, ...name, '--read', 'later', '--json');
    expect(added.json().problems).toMatchObject([{ kind: 'same-path' }, { kind: 'unread' }]);
    const checked = await fapt('dataset', 'check', 'listed', '--json');
    expect(checked.json().problems).toMatchObject([{ kind: 'same-path' }]);
    expect(sentences(checked).at(-1)).toMatch(/^Remedy for 1 of these: --remedy leave-train-leaks/);
    const fixed = await fapt('dataset', 'fix', 'listed', '--remedy', 'leave-train-leaks', '--json');
    expect(fixed.json()).toMatchObject({ problems: [], counts: { train: 3, test: 1 } });
    const again = await fapt('dataset', 'fix', 'listed', '--remedy', 'leave-train-leaks');
    expect(again).toMatchObject({ code: 1, stdout: '' });
    expect(await fapt('dataset', 'fix', 'listed')).toMatchObject({ code: 2 });
    rmSync(listed, { recursive: true });
  });

  it('finds pictures after a move', async () => {
    const moving = await makeDataset();
    await fapt('dataset', 'add', moving, '--name', 'moving');
    renameSync(moving, `${moving}-moved`);
    const located = await fapt('dataset', 'locate', 'moving', `${moving}-moved/images`, '--json');
    expect(located.json()).toMatchObject({ imageRoot: `${moving}-moved/images` });
    const lost = await fapt('dataset', 'locate', 'moving', folder);
    expect(lost).toMatchObject({ code: 1, stdout: '' });
    rmSync(`${moving}-moved`, { recursive: true });
  });
});

describe('fapt dataset prompts', () => {
  beforeAll(async () => {
    const model = await writeTinyClip(join(folder, 'model'));
    expect(await fapt('model', 'add', model, '--name', 'tiny')).toMatchObject({ code: 0 });
  });
  const prompts = (...more: string[]) =>
    fapt('dataset', 'prompts', 'pets', '--model', 'tiny', '--json', ...more);

  it('shows the hand-written text of each class', async () => {
    const { classes, learned, method } = (await prompts()).json() as {
      classes: { name: string; text: string; ids: number[]; tokens: string[] }[];
      learned: number;
      method: string;
    };
    expect([method, learned]).toEqual(['zero-shot', 0]);
    expect(classes.map(({ name, text }) => [name, text])).toEqual([
      ['house_cat', 'a photo of a house cat.'],
      ['dog', 'a photo of a dog.'],
    ]);
    for (const { ids, tokens } of classes) expect(tokens).toHaveLength(ids.length);
  });

  it.each([
    ['fap', [], 'a photo of a {}. dog.', [1, 2]],
    ['advvlp', [], 'a photo of a dog.', [1, 2]],
    ['coop', ['--set', 'prompts.contextLength=4'], 'a photo of a dog.', [1, 2, 3, 4]],
    ['vpt', [], 'a photo of a dog.', []],
  ])('marks the learned words of %s', async (method, set, text, learned) => {
    const { classes } = (await prompts('--method', method, ...set)).json() as {
      classes: { text: string; tokens: string[] }[];
    };
    expect(classes[1]?.text).toBe(text);
    const words = learned.map((word) => `[${word}]`);
    expect(classes[1]?.tokens.slice(1, 1 + learned.length)).toEqual(words);
    expect(classes[1]?.tokens.filter((token) => /^\[\d+\]$/.test(token))).toEqual(words);
  });

  it('refuses a text that does not fit, with its count', async () => {
    const result = await prompts('--method', 'coop', '--set', 'prompts.contextLength=70');
    expect(result.code).toBe(1);
    expect(sentences(result).at(-1)).toMatch(
      /2 of 2 classes of pets have texts that are too long, first "house_cat" with \d+ tokens, 70 of them learned, where \d+ fit: shorten/,
    );
  });
});
