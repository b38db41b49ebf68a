import { copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addDataset } from '../../../../src/main/datasets/add-dataset.ts';
import { DatasetChecks } from '../../../../src/main/jobs/dataset-checks.ts';
import type { Api } from '../../../../src/renderer/client/create-client.ts';
import { finishWork } from '../../../../src/renderer/client/work.ts';
import type { ImportSource } from '../../../../src/shared/api/datasets.ts';
import { PRESET_NAMES } from '../../../../src/shared/dataset-formats.ts';
import { picture } from '../../datasets/make-dataset.ts';
import { openTestHost, type TestHost } from '../../fixtures/test-host.ts';
import { type Connected, inProcess } from '../../hosts/connect.ts';

let test: TestHost;
let connected: Connected;
let api: Api;
let animals: string;

beforeEach(async () => {
  test = await openTestHost(() => ({
    previewPrompts: async ({ task, contextLength }) => ({
      tokenizer: 'letters',
      contextLength,
      learned: 0,
      classes: task.classNames.map((name, label) => ({
        label,
        name,
        text: task.template.replace('{}', name),
        ids: [...name].map(() => 1),
        tokens: [...name],
        tooLong: name.length > contextLength,
      })),
    }),
  }));
  connected = await inProcess(test.host);
  api = connected.client.api;
  animals = join(test.folder, 'animals');
  for (const part of ['train', 'test']) {
    for (const name of ['cat', 'dog']) {
      mkdirSync(join(animals, part, name), { recursive: true });
      for (let i = 0; i < 3; i += 1) {
        writeFileSync(join(animals, part, name, `${i}.png`), await picture('png', 16));
      }
    }
  }
  copyFileSync(join(animals, 'train/cat/0.png'), join(animals, 'test/cat/twin.png'));
});
afterEach(async () => {
  await connected.dispose();
  await test.dispose();
});

const add = (source: Partial<ImportSource> & { name?: string } = {}) =>
  finishWork(api.datasets.add({ path: animals, ...source }));
const get = () => api.datasets.get({ dataset: 'animals' });
const failing = (code: string) => expect.objectContaining({ code });
const checkDone = () => expect.poll(() => api.datasets.checks()).toEqual([]);

describe('an import', () => {
  it('takes every format that there is, and tells problems with their weight', async () => {
    expect((await api.datasets.presets()).map(({ name }) => name)).toEqual([...PRESET_NAMES]);
    const report = await finishWork(api.datasets.preview({ path: animals, format: 'folders' }));
    expect(report.problems).toMatchObject([{ kind: 'same-bytes', level: 'told' }]);
    const pets = finishWork(api.datasets.preview({ path: animals, format: 'OxfordPets' }));
    await expect(pets).rejects.toEqual(failing('preset-incomplete'));
    mkdirSync(join(test.folder, 'oxford_pets', 'images'), { recursive: true });
    expect(await api.datasets.checklist({ preset: 'OxfordPets', path: test.folder })).toEqual({
      folder: join(test.folder, 'oxford_pets'),
      items: [
        { anyOf: ['images'], present: true },
        { anyOf: ['split_zhou_OxfordPets.json', 'annotations/trainval.txt'], present: false },
      ],
    });
  });

  it('makes the split that is asked for', async () => {
    const split = { seed: 7, ratio: [100, 0, 0] as [number, number, number] };
    const made = await add({ path: join(animals, 'train'), split });
    expect(made).toMatchObject({ madeSplit: split, counts: { train: 6, val: 0, test: 0 } });
  });
});

describe('reading in the background', () => {
  it('follows an import that did not wait for it', async () => {
    const added = await add({ read: 'later' });
    expect([added.problems, added.splitHashOf]).toEqual([0, 'listing']);
    await checkDone();
    const { problemList, problems } = await get();
    expect([problems, problemList.map(({ kind }) => kind)]).toEqual([1, ['same-bytes']]);
  });

  it('is held where it is told to, goes on after a start, and is forgotten with its dataset', async () => {
    const { host } = test;
    const { dataset: row } = await addDataset(host.app.db, { path: animals, read: false });
    if (!row) throw new Error('the dataset was not stored');
    const open = { dataset: 'animals', state: 'open', done: 0, total: 13, reason: null };
    expect(await api.datasets.checks()).toEqual([open]);
    host.checks.start(row, false);
    host.checks.pause(row);
    await expect.poll(() => api.datasets.checks()).toMatchObject([{ state: 'paused' }]);
    // Another start of the application finds it paused as well.
    const later = new DatasetChecks(host.app.db, host.changes);
    expect(later.list()).toMatchObject([{ dataset: 'animals', state: 'paused' }]);
    later.start(row, false);
    await expect.poll(() => later.list()).toEqual([]);
    await later.close();
    await api.datasets.startCheck({ dataset: 'animals', again: true });
    await api.datasets.remove({ dataset: 'animals' });
    await checkDone();
  });

  it('says what is gone since, and that can be left out', async () => {
    await add();
    rmSync(join(animals, 'test/dog/1.png'));
    await api.datasets.startCheck({ dataset: 'animals', again: true });
    await checkDone();
    const found = await get();
    expect(found.remedies).toContainEqual({ remedy: 'leave-out-broken', cures: 1 });
    const fixed = await finishWork(
      api.datasets.fix({ dataset: 'animals', remedy: 'leave-out-broken' }),
    );
    expect(fixed.counts.test).toBe(6);
  });
});

describe('the care of a dataset', () => {
  it('shows leaks as pairs, does away with them, and records it', async () => {
    await add();
    expect(await api.datasets.leaks({ dataset: 'animals' })).toMatchObject({
      total: 1,
      pairs: [
        {
          kind: 'same-bytes',
          test: { path: 'test/cat/twin.png' },
          train: { path: 'train/cat/0.png' },
          distance: null,
        },
      ],
    });
    const remedy = 'leave-train-leaks' as const;
    const fixed = await finishWork(api.datasets.fix({ dataset: 'animals', remedy }));
    expect([fixed.counts.train, fixed.problemList]).toEqual([5, []]);
    expect((await api.datasets.leaks({ dataset: 'animals' })).total).toBe(0);
    expect(await api.datasets.history({ dataset: 'animals' })).toMatchObject([{ kind: remedy }]);
    const again = finishWork(api.datasets.fix({ dataset: 'animals', remedy }));
    await expect(again).rejects.toEqual(failing('nothing-to-change'));
  });

  it('changes a copy where runs are about the dataset', async () => {
    test.createRun();
    const edit = { dataset: 'tiny', classNames: [{ label: 1, name: 'wolf' }] };
    await expect(api.datasets.edit(edit)).rejects.toEqual(failing('dataset-in-use'));
    const copy = await api.datasets.edit({ ...edit, template: 'the {}.', as: 'wolves' });
    expect(copy).toMatchObject({ name: 'wolves', template: 'the {}.', runs: 0 });
    expect(copy.classNames[1]).toBe('wolf');
    expect((await api.datasets.get({ dataset: 'tiny' })).classNames[1]).toBe('green_dog');
    const kinds = (await api.datasets.history({ dataset: 'wolves' })).map(({ kind }) => kind);
    expect(kinds).toEqual(['edit', 'copy']);
  });

  it('shows texts of names that are not saved, and says which are too long', async () => {
    const asked = { dataset: 'tiny', model: 'tiny', template: 'one {}.' };
    const names = ['ox', 'x'.repeat(41), 'fish'];
    const { preview, refusal } = await api.datasets.prompts({ ...asked, classNames: names });
    expect(preview.classes.map(({ text }) => text.length)).toEqual([7, 46, 9]);
    expect(refusal).toMatch(
      /1 of 3 classes of tiny have texts that are too long.* 41 tokens where 40 fit/,
    );
  });

  it('pins images of the list that trainings are watched on, and no others', async () => {
    const { split } = (await api.datasets.get({ dataset: 'tiny' })).pinned;
    expect(split).toBe('val');
    const images = ['class1/val-0.png'];
    await api.datasets.pin({ dataset: 'tiny', images });
    expect((await api.datasets.get({ dataset: 'tiny' })).pinned).toEqual({ split, images });
    const stranger = api.datasets.pin({ dataset: 'tiny', images: ['class1/test-0.png'] });
    await expect(stranger).rejects.toEqual(failing('examples-unknown'));
  });

  it('gives its split away, which is imported again to the same thing', async () => {
    const { splitHash } = await add();
    const { text } = await api.datasets.exportSplit({ dataset: 'animals' });
    writeFileSync(join(animals, 'split.json'), text);
    const again = await add({ path: join(animals, 'split.json'), name: 'again' });
    expect(again.splitHash).toBe(splitHash);
  });

  it('finds its pictures again after a move', async () => {
    await add();
    const nowhere = finishWork(api.datasets.locate({ dataset: 'animals', folder: test.folder }));
    await nowhere;
    expect((await get()).imageRoot).toBe(test.folder);
    const wrong = finishWork(
      api.datasets.locate({ dataset: 'animals', folder: join(animals, 'train') }),
    );
    await expect(wrong).rejects.toEqual(failing('files-missing'));
  });
});
