import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { attackOf } from '../../../src/main/api/create-run.ts';
import { runDetail } from '../../../src/main/api/run-detail.ts';
import { openBundle } from '../../../src/main/bundles/open-bundle.ts';
import { writeBundle } from '../../../src/main/bundles/write-bundle.ts';
import { putInBin } from '../../../src/main/store/bin.ts';
import { latestCheckpoint, recordCheckpoint } from '../../../src/main/store/checkpoints.ts';
import { getDataset } from '../../../src/main/store/datasets.ts';
import {
  createEvaluation,
  listEvaluations,
  setEvaluationStatus,
} from '../../../src/main/store/evaluations.ts';
import { getMetrics, recordMetrics } from '../../../src/main/store/metrics.ts';
import { addNote, listNotes, searchNotes } from '../../../src/main/store/notes.ts';
import { listOutcomes, recordOutcomes, summarizeRun } from '../../../src/main/store/outcomes.ts';
import { getRun, type RunRow, setRunStatus } from '../../../src/main/store/runs.ts';
import { addTag } from '../../../src/main/store/tags.ts';
import { recordWarning } from '../../../src/main/store/warnings.ts';
import { workspacePath } from '../../../src/main/workspace/paths.ts';
import { openWorkspace, type Workspace } from '../../../src/main/workspace/workspace.ts';
import { createTestApp, createTestRun, type TestApp } from '../fixtures/test-app.ts';

let folder: string;
let app: TestApp;
let other: Workspace;
let run: RunRow;
let file: string;

/** A finished run with everything that a run can have. */
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fapt-bundles-'));
  file = join(folder, 'kept.faptrun');
  app = await createTestApp({});
  other = await openWorkspace(join(folder, 'other'), { write: true, log: () => {} });
  run = createTestRun(app, 'cba-fapt', 3);
  const { db } = app;
  setRunStatus(db, run.id, 'running');
  recordMetrics(db, run.id, [
    { name: 'loss', step: 1, epoch: 1, value: 2.5 },
    { name: 'loss', step: 2, epoch: 1, value: Number.NaN },
  ]);
  const path = `runs/${run.id}/checkpoint.safetensors`;
  await writeFile(join(app.workspace.runFolder(run.id), 'checkpoint.safetensors'), 'prompts');
  recordCheckpoint(db, { runId: run.id, step: 2, epoch: 1, path, sizeBytes: 7 });
  setRunStatus(db, run.id, 'finished');
  const { id } = createEvaluation(db, {
    runId: run.id,
    modelId: null,
    datasetId: run.datasetId,
    attack: attackOf(run.config, { subset: 2 }),
    ids: ['class0/test-0.png', 'class1/test-0.png'],
    seed: 3,
    environment: { threads: 1 },
  });
  const common = { clean: 0, fellAt: 1, margin: -0.5, perturbation: 'ab'.repeat(32) };
  recordOutcomes(db, id, [
    { id: 'class0/test-0.png', label: 0, adversarial: 0, ...common },
    { id: 'class1/test-0.png', label: 1, adversarial: 2, ...common },
  ]);
  setEvaluationStatus(db, id, 'running');
  setEvaluationStatus(db, id, 'finished');
  recordWarning(db, { runId: run.id }, { code: 'drop-last', message: 'One image is left out.' });
  addNote(db, run.id, 'the baseline');
  addTag(db, run.id, 'paper');
});
afterEach(async () => {
  other.close();
  await app.dispose();
  await rm(folder, { recursive: true });
});

describe('a run as one file', () => {
  it('comes into another workspace with everything that was known of it', async () => {
    await writeBundle(app.workspace, run.id, file);
    const opened = await openBundle(other, file);
    expect(opened).toEqual({
      run: run.id,
      datasetsWithoutPictures: ['tiny'],
      modelWithoutWeights: 'tiny',
    });
    const theirs = getRun(other.db, run.id);
    expect(theirs).toMatchObject({
      status: 'finished',
      config: run.config,
      seed: 3,
      group: run.group,
    });
    expect(getMetrics(other.db, run.id)).toEqual(getMetrics(app.db, run.id));
    const [evaluation] = listEvaluations(other.db, run.id);
    expect(evaluation).toMatchObject({ n: 2, cleanRight: 1, robustRight: 1, own: true });
    expect(summarizeRun(other.db, run.id)).toMatchObject({ robustAccuracy: 0.5, n: 2 });
    expect(other.db.prepare('SELECT robust_accuracy FROM runs').pluck().get()).toBe(0.5);
    expect(listOutcomes(other.db, evaluation?.id ?? 0).map((row) => row.perturbation)).toEqual([
      null,
      null,
    ]);
    expect(listNotes(other.db, run.id).map(({ text }) => text)).toEqual(['the baseline']);
    expect(searchNotes(other.db, 'baseline')).toHaveLength(1);
    const path = latestCheckpoint(other.db, run.id)?.path ?? '';
    expect(await readFile(workspacePath(other, path), 'utf8')).toBe('prompts');
    const detail = runDetail({ ...app, workspace: other, db: other.db }, run.id, null);
    expect(detail.item.tags).toEqual(['paper']);
    expect(detail.warnings).toEqual([{ code: 'drop-last', message: 'One image is left out.' }]);
  });

  it('names no folder of the machine it comes from', async () => {
    await writeBundle(app.workspace, run.id, file);
    await openBundle(other, file);
    const dataset = getDataset(other.db, 'tiny');
    expect([dataset.source, dataset.imageRoot]).toEqual(['elsewhere/tiny', 'elsewhere/tiny']);
    expect(dataset.counts).toEqual(app.dataset.counts);
  });

  it('joins the dataset and the model that are there already, and stands beside other runs', async () => {
    await writeBundle(app.workspace, run.id, file);
    app.db.prepare('DELETE FROM runs').run();
    const mine = createTestRun(app, 'fap');
    const opened = await openBundle(app.workspace, file);
    expect(opened).toMatchObject({ datasetsWithoutPictures: [], modelWithoutWeights: null });
    expect(getRun(app.db, run.id)).toMatchObject({
      datasetId: mine.datasetId,
      modelId: mine.modelId,
    });
  });

  it('that waited when it was bundled can be gone on with', async () => {
    const waiting = createTestRun(app, 'fap');
    await writeBundle(app.workspace, waiting.id, file);
    await openBundle(other, file);
    expect(getRun(other.db, waiting.id).status).toBe('interrupted');
  });
});

describe('what is refused, and leaves nothing behind', () => {
  const traces = () => readdirSync(other.folder).filter((name) => /^opening|^bundle/.test(name));

  it('a run that is here already, also in the bin', async () => {
    await writeBundle(app.workspace, run.id, file);
    await expect(openBundle(app.workspace, file)).rejects.toThrow(/is in this workspace already/);
    putInBin(app.db, [run.id]);
    await expect(openBundle(app.workspace, file)).rejects.toThrow(/in the bin: restore it/);
  });

  it('a file that is no bundle, or half of one', async () => {
    await writeFile(file, 'not a zip');
    await expect(openBundle(other, file)).rejects.toMatchObject({ code: 'zip-broken' });
    await writeBundle(app.workspace, run.id, file);
    await writeFile(file, (await readFile(file)).subarray(0, 500));
    await expect(openBundle(other, file)).rejects.toMatchObject({ code: 'zip-broken' });
    expect(traces()).toEqual([]);
    expect(other.db.prepare('SELECT count(*) FROM runs').pluck().get()).toBe(0);
  });

  it('a run that is being worked on', async () => {
    const busy = createTestRun(app, 'fap');
    setRunStatus(app.db, busy.id, 'running');
    await expect(writeBundle(app.workspace, busy.id, file)).rejects.toMatchObject({
      code: 'run-busy',
    });
    expect(existsSync(file)).toBe(false);
  });

  it('a bundle whose checkpoint would be written elsewhere', async () => {
    app.db.prepare("UPDATE checkpoints SET path = 'fapt.sqlite'").run();
    await writeBundle(app.workspace, run.id, file);
    await expect(openBundle(other, file)).rejects.toMatchObject({ code: 'bundle-foreign' });
    expect(existsSync(join(other.folder, 'runs', run.id))).toBe(false);
  });
});
