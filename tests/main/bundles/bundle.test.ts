import { createWriteStream, existsSync, readdirSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import Sqlite from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ZipFile } from 'yazl';
import { attackOf } from '../../../src/main/api/create-run.ts';
import { runDetail } from '../../../src/main/api/run-detail.ts';
import { openBundle } from '../../../src/main/bundles/open-bundle.ts';
import { writeBundle } from '../../../src/main/bundles/write-bundle.ts';
import { unpackZip } from '../../../src/main/datasets/unpack-zip.ts';
import { putInBin } from '../../../src/main/store/bin.ts';
import { latestCheckpoint, recordCheckpoint } from '../../../src/main/store/checkpoints.ts';
import { getDataset } from '../../../src/main/store/datasets.ts';
import {
  createEvaluation,
  listEvaluations,
  setEvaluationStatus,
} from '../../../src/main/store/evaluations.ts';
import { getMetrics, recordMetrics } from '../../../src/main/store/metrics.ts';
import { getModel } from '../../../src/main/store/models.ts';
import { addNote, listNotes, searchNotes } from '../../../src/main/store/notes.ts';
import { listOutcomes, recordOutcomes, summarizeRun } from '../../../src/main/store/outcomes.ts';
import { getRun, type RunRow, setRunStatus } from '../../../src/main/store/runs.ts';
import { addTag, colorTag, listTags } from '../../../src/main/store/tags.ts';
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

  it('brings the colours of its tags, and leaves those that are there', async () => {
    addTag(app.db, run.id, 'draft');
    colorTag(app.db, 'paper', 'green');
    colorTag(app.db, 'draft', 'red');
    await writeBundle(app.workspace, run.id, file);
    colorTag(other.db, 'draft', 'blue');
    await openBundle(other, file);
    expect(listTags(other.db).map(({ tag, color }) => [tag, color])).toEqual([
      ['draft', 'blue'],
      ['paper', 'green'],
    ]);
  });

  it('on weights of random numbers finds them anywhere', async () => {
    app.db.prepare("UPDATE models SET path = 'random:tiny', layout = 'random'").run();
    await writeBundle(app.workspace, run.id, file);
    await openBundle(other, file);
    expect(getModel(other.db, 'tiny').path).toBe('random:tiny');
  });

  it('comes once, however often it is opened at a time', async () => {
    await writeBundle(app.workspace, run.id, file);
    const opened = await Promise.allSettled([openBundle(other, file), openBundle(other, file)]);
    expect(opened.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    const path = latestCheckpoint(other.db, run.id)?.path ?? '';
    expect(await readFile(workspacePath(other, path), 'utf8')).toBe('prompts');
  });

  it('that waited when it was bundled can be gone on with', async () => {
    const waiting = createTestRun(app, 'fap');
    await writeBundle(app.workspace, waiting.id, file);
    await openBundle(other, file);
    expect(getRun(other.db, waiting.id).status).toBe('interrupted');
  });
});

describe('what is refused, and leaves nothing behind', () => {
  const traces = () =>
    readdirSync(other.folder).filter((name) => /^opening|^bundle|^fapt-bundle/.test(name));

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

describe('a bundle that somebody crafted', () => {
  /** Writes the bundle anew after its database was changed. */
  async function craft(sql: string): Promise<void> {
    await writeBundle(app.workspace, run.id, file);
    const inside = join(folder, 'inside');
    await unpackZip(file, inside);
    const db = new Sqlite(join(inside, 'run.sqlite'));
    db.exec(sql);
    db.close();
    const archive = new ZipFile();
    archive.addFile(join(inside, 'run.sqlite'), 'run.sqlite');
    const checkpoint = `runs/${run.id}/checkpoint.safetensors`;
    archive.addFile(join(inside, checkpoint), checkpoint);
    archive.end();
    await pipeline(archive.outputStream, createWriteStream(file));
  }

  const ENDLESS =
    'WITH RECURSIVE r (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT n FROM r';

  it.each([
    ['a view in place of a table', `DROP TABLE jobs; CREATE VIEW jobs AS ${ENDLESS}`],
    ['a trigger', 'CREATE TRIGGER t AFTER UPDATE ON runs BEGIN DELETE FROM runs; END'],
    ['an attack that is none', `UPDATE evaluations SET attack = '{"name": "magic"}'`],
    ['observations that are none', `UPDATE evaluations SET observed = '[1]'`],
    ['a method other than its settings', "UPDATE runs SET method = 'fap'"],
    ['a sample that is no list', `UPDATE runs SET sample_ids = '{"a": 1}'`],
    ['class names that are none', "UPDATE datasets SET class_names = '[1, 2, 3]'"],
    ['a report that is none', "UPDATE models SET report = '{}'"],
    ['a label without a class', "UPDATE images SET label = 99 WHERE split = 'test'"],
    ['an image outside its folder', "UPDATE images SET file = 'a/../../b.png' WHERE split = 'val'"],
    ['a colour that is none', "INSERT INTO tag_colors VALUES ('paper', 'url(x)')"],
  ])('with %s is refused and leaves nothing', async (_what, sql) => {
    await craft(sql);
    await expect(openBundle(other, file)).rejects.toMatchObject({ code: 'bundle-foreign' });
    for (const table of ['runs', 'datasets', 'models', 'images', 'evaluations', 'tag_colors']) {
      expect(other.db.prepare(`SELECT count(*) FROM ${table}`).pluck().get()).toBe(0);
    }
    expect(readdirSync(join(other.folder, 'runs'))).toEqual([]);
  });

  it('leads to no file of this machine', async () => {
    await craft(
      `UPDATE datasets SET image_root = '/etc', source = 'bundled:../../x', name = '../../y';
       UPDATE models SET path = '/home/somebody/model';
       UPDATE outcomes SET perturbation = '../../z'`,
    );
    await openBundle(other, file);
    const dataset = getDataset(other.db, '../../y');
    expect([dataset.imageRoot, dataset.source]).toEqual(['elsewhere/_/_/y', 'elsewhere/_/_/y']);
    expect(getModel(other.db, 'tiny').path).toBe('elsewhere/tiny');
    const [evaluation] = listEvaluations(other.db, run.id);
    const kept = listOutcomes(other.db, evaluation?.id ?? 0).map((row) => row.perturbation);
    expect(kept).toEqual([null, null]);
  });

  it('by a later version says so', async () => {
    await craft('PRAGMA user_version = 99');
    await expect(openBundle(other, file)).rejects.toMatchObject({ code: 'database-newer' });
  });
});
