import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { editDataset } from '../../../src/main/datasets/edit-dataset.ts';
import { resolveExamples } from '../../../src/main/datasets/examples.ts';
import {
  bundledDatasets,
  datasetNamed,
  modelNamed,
  NEEDS_WRITE,
  readDemoCard,
} from '../../../src/main/models/bundled.ts';
import { verifyModel } from '../../../src/main/models/register-model.ts';
import { listDatasets } from '../../../src/main/store/datasets.ts';
import type { ModelReport } from '../../../src/shared/engine-contract.ts';
import { createTestApp, type TestApp } from '../fixtures/test-app.ts';
import { writeTinyDataset } from '../fixtures/tiny-dataset.ts';

let app: TestApp;
let resources: string;
const inspected: string[] = [];

beforeEach(async () => {
  resources = await mkdtemp(join(tmpdir(), 'fapt-resources-'));
  vi.stubEnv('FAPT_RESOURCES', resources);
  const dataset = join(resources, 'demo', 'datasets', 'demo-shapes');
  await rename(await writeTinyDataset(dataset), join(dataset, 'split.json'));
  await mkdir(join(resources, 'demo', 'model'), { recursive: true });
  await writeFile(join(resources, 'demo', 'model', 'model.safetensors'), 'weights');
  app = await createTestApp({
    async inspectModel({ path }) {
      inspected.push(path);
      return { layout: 'huggingface' } as ModelReport;
    },
  });
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await app.dispose();
  await rm(resources, { recursive: true });
});

describe('bundled models and datasets', () => {
  it('are registered when first asked for, and once', async () => {
    expect(await bundledDatasets()).toEqual(['demo-shapes']);
    const first = await datasetNamed(app, 'demo-shapes');
    expect(first).toMatchObject({ name: 'demo-shapes', demo: true, counts: { test: 18 } });
    expect((await datasetNamed(app, 'demo-shapes')).id).toBe(first.id);
    expect(listDatasets(app.db)).toHaveLength(2);
    const model = await modelNamed(app, 'demo-clip');
    expect(model).toMatchObject({ name: 'demo-clip', bundled: true, sizeBytes: 7 });
    expect((await modelNamed(app, 'demo-clip')).id).toBe(model.id);
    expect(inspected).toEqual([join(resources, 'demo', 'model')]);
  });

  it('are found again when the application was moved, and so are copies of them', async () => {
    const dataset = await datasetNamed(app, 'demo-shapes');
    editDataset(app.db, dataset, { template: 'a drawing of a {}.', as: 'mine' });
    await modelNamed(app, 'demo-clip');
    const moved = `${resources}-moved`;
    await rename(resources, moved);
    vi.stubEnv('FAPT_RESOURCES', moved);
    try {
      await verifyModel(await modelNamed(app, 'demo-clip'));
      for (const name of ['demo-shapes', 'mine']) {
        const found = await datasetNamed(app, name);
        expect(existsSync(found.source)).toBe(true);
        const [first] = await resolveExamples(app.db, found, 'test', ['class0/test-0.png']);
        expect(first?.path.startsWith(moved)).toBe(true);
      }
    } finally {
      await rename(moved, resources);
    }
  });

  it('ask a reader to come back as a writer', async () => {
    const reader = { ...app, workspace: { ...app.workspace, writable: false } };
    await expect(datasetNamed(reader, 'demo-shapes')).rejects.toMatchObject({ code: NEEDS_WRITE });
    await expect(modelNamed(reader, 'demo-clip')).rejects.toMatchObject({ code: NEEDS_WRITE });
  });

  it('are added once, however many ask for them at the same time', async () => {
    const ask = () => Promise.all([datasetNamed(app, 'demo-shapes'), modelNamed(app, 'demo-clip')]);
    const [first, second] = await Promise.all([ask(), ask()]);
    expect(second.map(({ id }) => id)).toEqual(first.map(({ id }) => id));
  });

  it('leave other names to the workspace', async () => {
    expect((await datasetNamed(app, 'tiny')).id).toBe(app.dataset.id);
    await expect(datasetNamed(app, 'demo-none')).rejects.toMatchObject({ code: 'dataset-unknown' });
    await expect(modelNamed(app, 'other')).rejects.toMatchObject({ code: 'model-unknown' });
  });
});

describe('readDemoCard', () => {
  const card = () => join(resources, 'demo', 'model', 'card.json');

  it('reads epsilon in pixel units beside whatever else is there', async () => {
    await writeFile(card(), JSON.stringify({ epsilon: 2 / 255, zeroShot: 0.5 }));
    expect((await readDemoCard()).epsilon).toBeCloseTo(2 / 255, 15);
  });

  it('refuses a card without it, and none at all', async () => {
    await expect(readDemoCard()).rejects.toMatchObject({ code: 'demo-incomplete' });
    await writeFile(card(), '{}');
    await expect(readDemoCard()).rejects.toMatchObject({ code: 'demo-incomplete' });
  });
});
