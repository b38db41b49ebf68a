import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dropUnusedUploads } from '../../../../src/main/api/uploads.ts';
import { createEvaluation } from '../../../../src/main/store/evaluations.ts';
import { recordOutcomes } from '../../../../src/main/store/outcomes.ts';
import { setRunStatus } from '../../../../src/main/store/runs.ts';
import { blobPath } from '../../../../src/main/workspace/blobs.ts';
import type { Api } from '../../../../src/renderer/client/create-client.ts';
import { PART_BYTES, sendFile } from '../../../../src/renderer/client/send-file.ts';
import { finishWork } from '../../../../src/renderer/client/work.ts';
import { evaluationAttackSchema } from '../../../../src/shared/attack.ts';
import { openTestHost, type TestHost } from '../../fixtures/test-host.ts';
import { writeBlob } from '../../fixtures/write-blob.ts';
import { type Connected, inProcess } from '../../hosts/connect.ts';

let test: TestHost;
let connected: Connected;
let api: Api;
beforeEach(async () => {
  test = await openTestHost(() => ({}));
  connected = await inProcess(test.host);
  api = connected.client.api;
});
afterEach(async () => {
  await connected.dispose();
  await test.dispose();
});

const failing = (code: string) => expect.objectContaining({ code });

describe('tags', () => {
  it('are set, renamed, merged, coloured and taken off', async () => {
    const [a, b] = [test.createRun(1).id, test.createRun(2).id];
    await api.runs.tags.set({ runs: [a, b], add: ['paper', 'old'] });
    await api.runs.tags.set({ runs: [b], add: ['draft'], remove: ['old'] });
    await api.runs.tags.color({ tag: 'paper', color: 'teal' });
    await expect(api.runs.tags.rename({ from: 'draft', to: 'paper' })).rejects.toEqual(
      failing('tag-exists'),
    );
    await api.runs.tags.rename({ from: 'paper', to: 'article' });
    expect(await api.runs.tags.list()).toEqual([
      { tag: 'article', runs: 2, color: 'teal' },
      { tag: 'draft', runs: 1, color: null },
      { tag: 'old', runs: 1, color: null },
    ]);
    await api.runs.tags.merge({ from: ['draft', 'old'], into: 'other' });
    await api.runs.tags.remove({ tag: 'article' });
    expect(await api.runs.tags.list()).toEqual([{ tag: 'other', runs: 2, color: null }]);
    const { total } = await api.runs.list({ filter: { tags: ['other'] } });
    expect(total).toBe(2);
  });
});

describe('notes', () => {
  it('are found by their words, and not in the bin', async () => {
    const { id: run } = test.createRun();
    const note = await api.runs.notes.add({ run, text: 'the **warm-up** was too short' });
    expect(await api.runs.notes.search({ text: 'warm short' })).toMatchObject([{ id: note.id }]);
    await api.runs.notes.update({ id: note.id, text: 'fine' });
    expect(await api.runs.notes.search({ text: 'short' })).toEqual([]);
    expect(await api.runs.notes.list({ run })).toMatchObject([{ text: 'fine', run }]);
    await api.runs.bin.remove({ runs: [run] });
    expect(await api.runs.notes.search({ text: 'fine' })).toEqual([]);
    await api.runs.notes.remove({ id: note.id });
    await expect(api.runs.notes.update({ id: note.id, text: 'x' })).rejects.toEqual(
      failing('note-unknown'),
    );
  });
});

describe('saved views', () => {
  it('are kept under one name each', async () => {
    const query = {
      filter: { methods: ['fap' as const] },
      sort: { by: 'robust' as const, descending: true },
      grouped: true,
    };
    const view = await api.savedViews.add({ name: 'best', query });
    expect(await api.savedViews.list()).toEqual([{ id: view.id, name: 'best', query }]);
    await expect(api.savedViews.add({ name: 'best', query })).rejects.toEqual(
      failing('view-exists'),
    );
    expect(await api.savedViews.update({ id: view.id, name: 'mine' })).toMatchObject({ query });
    await api.savedViews.remove({ id: view.id });
    expect(await api.savedViews.list()).toEqual([]);
  });
});

describe('the bin', () => {
  it('gives the disk back, and what other runs hold stays', async () => {
    const { host } = test;
    const { db, workspace } = host.app;
    const [gone, stays] = [test.createRun(1), test.createRun(2)];
    const file = join(workspace.runFolder(gone.id), 'checkpoint.safetensors');
    mkdirSync(workspace.runFolder(gone.id), { recursive: true });
    writeFileSync(file, new Uint8Array(5000));
    const own = writeBlob(workspace, new Uint8Array(300).fill(1));
    const shared = writeBlob(workspace, new Uint8Array(300).fill(2));
    for (const run of [gone, stays]) {
      const evaluation = createEvaluation(db, {
        runId: run.id,
        modelId: null,
        datasetId: run.datasetId,
        attack: evaluationAttackSchema.parse({ name: 'pgd' }),
        ids: ['a', 'b'],
        seed: 1,
        environment: {},
      });
      const row = { label: 0, clean: 0, adversarial: 1, margin: -1, fellAt: 1 };
      recordOutcomes(db, evaluation.id, [
        { id: 'a', ...row, perturbation: run === gone ? own : shared },
        { id: 'b', ...row, perturbation: shared },
      ]);
    }
    await api.runs.bin.remove({ runs: [gone.id] });
    await expect(api.runs.get({ run: gone.id })).rejects.toEqual(failing('run-unknown'));
    expect(await api.runs.bin.list()).toMatchObject([{ id: gone.id, diskBytes: 5000 }]);
    await api.runs.bin.restore({ runs: [gone.id] });
    expect((await api.runs.list({})).total).toBe(2);
    await api.runs.bin.remove({ runs: [gone.id] });
    expect(await api.runs.bin.purge({ runs: null })).toEqual({ runs: 1, freedBytes: 5300 });
    expect([existsSync(file), existsSync(blobPath(workspace, own))]).toEqual([false, false]);
    expect(existsSync(blobPath(workspace, shared))).toBe(true);
    expect(await api.runs.bin.list()).toEqual([]);
    expect(await api.runs.bin.purge({ runs: [stays.id] })).toEqual({ runs: 0, freedBytes: 0 });
    expect((await api.runs.get({ run: stays.id })).item.id).toBe(stays.id);
  });

  it('does not take a run that is at work, nor any beside it', async () => {
    const [idle, busy] = [test.createRun(1), test.createRun(2)];
    setRunStatus(test.host.app.db, busy.id, 'running');
    await expect(api.runs.bin.remove({ runs: [idle.id, busy.id] })).rejects.toEqual(
      failing('run-busy'),
    );
    expect((await api.runs.list({})).total).toBe(2);
    setRunStatus(test.host.app.db, busy.id, 'interrupted');
  });
});

describe('settings', () => {
  it('are kept, each on its own', async () => {
    expect(await api.app.settings.get()).toMatchObject({ threads: null, theme: 'system' });
    await api.app.settings.set({ theme: 'dark', threads: 2 });
    await api.app.settings.set({ perturbationLimitBytes: 5e9 });
    expect(await api.app.settings.get()).toMatchObject({
      theme: 'dark',
      threads: 2,
      perturbationLimitBytes: 5e9,
      language: 'system',
    });
  });
});

describe('files', () => {
  it('lists folders, then what can be imported', async () => {
    for (const name of ['b', 'a', '.hidden'])
      mkdirSync(join(test.folder, 'x', name), { recursive: true });
    for (const name of ['split.json', 'photo.png'])
      writeFileSync(join(test.folder, 'x', name), '{}');
    const { entries, parent } = await api.files.list({ folder: join(test.folder, 'x') });
    expect(entries.map(({ name }) => name)).toEqual(['a', 'b', 'split.json']);
    expect(parent).toBe(test.folder);
    await expect(api.files.list({ folder: join(test.folder, 'no') })).rejects.toEqual(
      failing('folder-unreadable'),
    );
  });

  it('keeps dropped files inside their drop', async () => {
    const upload = 'drop-0000';
    const bytes = new TextEncoder().encode('hello');
    const kept = await api.files.upload({ upload, path: 'cats/1.png', bytes });
    expect(existsSync(kept.file)).toBe(true);
    expect(kept.folder.startsWith(test.host.app.workspace.folder)).toBe(true);
    for (const path of ['../../evil', '/etc/evil', 'a/../../b']) {
      await expect(api.files.upload({ upload, path, bytes })).rejects.toEqual(
        failing('path-outside'),
      );
    }
    await expect(api.files.upload({ upload, path: 'cats/1.png', bytes })).rejects.toEqual(
      failing('file-exists'),
    );
  });
});

describe('a dropped file', () => {
  it('comes part by part, and is what it was', async () => {
    const bytes = new Uint8Array(2 * PART_BYTES + 7).map((_, at) => (at * 7 + (at >> 16)) % 251);
    const sent: number[] = [];
    const drop = { upload: 'drop-0001', path: 'weights.bin', file: new Blob([bytes]) };
    const { file } = await sendFile(api, drop, (count) => sent.push(count));
    expect(sent).toEqual([PART_BYTES, PART_BYTES, 7]);
    expect(Buffer.compare(readFileSync(file), bytes)).toBe(0);
  });

  it('of no bytes, or of exactly a part, is sent once', async () => {
    for (const [path, size] of [
      ['none', 0],
      ['one', PART_BYTES],
    ] as const) {
      const sent: number[] = [];
      const drop = { upload: 'drop-0002', path, file: new Blob([new Uint8Array(size)]) };
      const { file } = await sendFile(api, drop, (count) => sent.push(count));
      expect([sent, statSync(file).size]).toEqual([[size], size]);
    }
  });

  it('goes on nowhere but where it ended', async () => {
    const part = { upload: 'drop-0003', path: 'a.bin', bytes: new Uint8Array(10) };
    await expect(api.files.upload({ ...part, at: 10 })).rejects.toEqual(failing('file-exists'));
    await api.files.upload(part);
    for (const at of [5, 11]) {
      await expect(api.files.upload({ ...part, at })).rejects.toEqual(failing('file-exists'));
    }
    const { file } = await api.files.upload({ ...part, at: 10 });
    expect(statSync(file).size).toBe(20);
  });
});

describe('a dropped folder', () => {
  const upload = 'drop-1234';
  async function drop(): Promise<string> {
    let folder = '';
    for (const name of ['cat', 'dog']) {
      for (const number of [1, 2]) {
        const create = { width: 8, height: 8, channels: 3 as const, background: `#a${number}0000` };
        const bytes = new Uint8Array(await sharp({ create }).png().toBuffer());
        const path = `pets/train/${name}/${name}${number}.png`;
        folder = (await api.files.upload({ upload, path, bytes })).folder;
      }
    }
    return folder;
  }

  it('becomes a dataset, and goes with it', async () => {
    const folder = await drop();
    const added = await finishWork(api.datasets.add({ path: join(folder, 'pets'), name: 'pets' }));
    expect(added).toMatchObject({ name: 'pets', classes: 2 });
    await dropUnusedUploads(test.host.app.workspace, Date.now() + 1e9);
    expect(existsSync(folder)).toBe(true);
    await api.datasets.remove({ dataset: 'pets' });
    expect(existsSync(folder)).toBe(false);
  });

  it('of which nothing came is deleted some day', async () => {
    const folder = await drop();
    await dropUnusedUploads(test.host.app.workspace);
    expect(existsSync(folder)).toBe(true);
    await dropUnusedUploads(test.host.app.workspace, Date.now() + 1e9);
    expect(existsSync(folder)).toBe(false);
  });
});

describe('datasets and models', () => {
  it('in use are not removed', async () => {
    const { id } = test.createRun();
    await expect(api.datasets.remove({ dataset: 'tiny' })).rejects.toEqual(failing('dataset-used'));
    await expect(api.models.remove({ model: 'tiny' })).rejects.toEqual(failing('model-used'));
    await api.runs.bin.remove({ runs: [id] });
    await api.runs.bin.purge({ runs: null });
    await api.datasets.remove({ dataset: 'tiny' });
    await api.models.remove({ model: 'tiny' });
    expect((await api.datasets.list()).datasets).toEqual([]);
    expect((await api.models.list()).models).toEqual([]);
  });

  it('show classes, counts, pages of images and the images of a seed', async () => {
    const detail = await api.datasets.get({ dataset: 'tiny' });
    const { train } = detail.classCounts;
    expect(train.reduce((sum, n) => sum + n, 0)).toBe(detail.counts.train);
    const page = await api.datasets.images({ dataset: 'tiny', split: 'train', label: 1, limit: 1 });
    expect(page).toMatchObject({ total: train[1], images: [{ label: 1 }] });
    const found = await api.datasets.images({ dataset: 'tiny', split: 'train', text: 'CLASS1/' });
    expect(found.total).toBe(train[1]);
    expect(new Set(found.images.map(({ label }) => label))).toEqual(new Set([1]));
    const drawn = await api.datasets.fewShot({ dataset: 'tiny', shots: 1, seed: 1 });
    expect(drawn.images.map(({ label }) => label)).toEqual([0, 1, 2]);
    const tiny = await api.datasets.thumbnail({
      dataset: 'tiny',
      path: drawn.images[0]?.path ?? '',
      size: 16,
    });
    expect(tiny).toMatchObject({ width: 16, height: 16, contentType: 'image/webp' });
  });
});
