import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  latestCheckpoint,
  listCheckpoints,
  recordCheckpoint,
} from '../../../src/main/store/checkpoints.ts';
import { findDataset, getDataset, listDatasets } from '../../../src/main/store/datasets.ts';
import { newId } from '../../../src/main/store/ids.ts';
import { clustersOf, imagesByPath, listImages } from '../../../src/main/store/images.ts';
import {
  enqueueJob,
  getJob,
  listJobs,
  nextJob,
  setJobProgress,
  setJobStatus,
} from '../../../src/main/store/jobs.ts';
import { getMetrics, metricNames, recordMetrics } from '../../../src/main/store/metrics.ts';
import { findModel, getModel, listModels } from '../../../src/main/store/models.ts';
import {
  addNote,
  listNotes,
  removeNote,
  searchNotes,
  updateNote,
} from '../../../src/main/store/notes.ts';
import { getSetting, setSetting } from '../../../src/main/store/settings.ts';
import { addTag, listTags, removeTag, tagsOf } from '../../../src/main/store/tags.ts';
import { listWarnings, recordWarning } from '../../../src/main/store/warnings.ts';
import { newRun, storeWithData } from './fixtures.ts';

describe('models and datasets', () => {
  it('are found by name or id, and what is missing names what there is', () => {
    const { db, model, dataset } = storeWithData();
    expect(getModel(db, 'tiny')).toEqual(model);
    expect(getModel(db, model.id)).toEqual(model);
    expect(model).toMatchObject({ bundled: true, report: { imageSize: 64 } });
    expect(listModels(db)).toEqual([model]);
    expect(findModel(db, 'huge')).toBeNull();
    expect(() => getModel(db, 'huge')).toThrow(
      'no model named "huge" in this workspace (there are tiny)',
    );
    expect(getDataset(db, dataset.id)).toEqual(dataset);
    expect(dataset).toMatchObject({
      classNames: ['cat', 'dog'],
      counts: { train: 2, val: 0, test: 4 },
      clustered: true,
      skipped: ['x.png'],
    });
    expect(listDatasets(db)).toEqual([dataset]);
    expect(findDataset(db, 'cars')).toBeNull();
    expect(() => getDataset(db, 'cars')).toThrow('(there are pets)');
  });
});

describe('images', () => {
  it('come in split order and by path', () => {
    const { db, dataset } = storeWithData();
    const test = listImages(db, dataset.id, 'test');
    expect(test.map(({ path }) => path)).toEqual([
      'dog/9.png',
      'cat/9.png',
      'cat/3.png',
      'dog/3.png',
    ]);
    const found = imagesByPath(db, dataset.id, 'test', ['cat/3.png', 'no.png']);
    expect([...found.keys()]).toEqual(['cat/3.png']);
    expect(found.get('cat/3.png')).toEqual(test[2]);
  });

  it('tell their clusters, an image without one being its own', () => {
    const { db, dataset } = storeWithData();
    expect(clustersOf(db, dataset.id, 'test', ['cat/9.png', 'cat/3.png', 'dog/3.png'])).toEqual(
      new Map([
        ['cat/9.png', 'a'],
        ['cat/3.png', 'a'],
        ['dog/3.png', 'image:dog/3.png'],
      ]),
    );
    expect(clustersOf(db, dataset.id, 'train', ['cat/1.png'])).toBeNull();
  });
});

describe('metrics', () => {
  it('keep NaN and the infinities', () => {
    const data = storeWithData();
    const { id } = newRun(data);
    const values = [0.1, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 5e-324];
    const points = values.map((value, i) => ({ name: 'loss', step: i + 1, epoch: 1, value }));
    recordMetrics(data.db, id, points);
    expect(getMetrics(data.db, id)).toEqual(points);
  });

  it('one value a step: the newer replaces', () => {
    const data = storeWithData();
    const { id } = newRun(data);
    const at = (step: number, value: number) => ({ name: 'loss', step, epoch: 1, value });
    recordMetrics(data.db, id, [at(1, 3), at(2, Number.NaN)]);
    recordMetrics(data.db, id, [at(2, 2), { ...at(2, 9), name: 'lr' }]);
    expect(getMetrics(data.db, id, ['loss'])).toEqual([at(1, 3), at(2, 2)]);
    expect(getMetrics(data.db, id, ['loss'], { afterStep: 1 })).toEqual([at(2, 2)]);
    expect(metricNames(data.db, id)).toEqual(['loss', 'lr']);
  });
});

describe('checkpoints', () => {
  it('a file written over has one row, its newest', () => {
    const data = storeWithData();
    const { id: runId } = newRun(data);
    const file = { runId, path: `runs/${runId}/checkpoint.safetensors`, sizeBytes: 9 };
    expect(latestCheckpoint(data.db, runId)).toBeNull();
    recordCheckpoint(data.db, { ...file, epoch: 1, step: 10 });
    recordCheckpoint(data.db, { ...file, epoch: 1, step: 12, path: 'runs/kept' });
    recordCheckpoint(data.db, { ...file, epoch: 2, step: 20 });
    expect(listCheckpoints(data.db, runId).map(({ step }) => step)).toEqual([12, 20]);
    expect(latestCheckpoint(data.db, runId)).toMatchObject({ epoch: 2, step: 20, ...file });
  });
});

describe('tags', () => {
  it('are words, each once a run', () => {
    const data = storeWithData();
    const a = newRun(data).id;
    const b = newRun(data).id;
    addTag(data.db, a, ' paper ');
    addTag(data.db, a, 'paper');
    addTag(data.db, b, 'paper');
    addTag(data.db, b, 'bad');
    expect(tagsOf(data.db, b)).toEqual(['bad', 'paper']);
    expect(listTags(data.db)).toEqual([
      { tag: 'bad', runs: 1, color: null },
      { tag: 'paper', runs: 2, color: null },
    ]);
    removeTag(data.db, b, 'bad');
    expect(tagsOf(data.db, b)).toEqual(['paper']);
    expect(() => addTag(data.db, a, '  ')).toThrow('A tag needs');
  });
});

describe('notes', () => {
  it('are searched as they are now, not as they were', () => {
    const data = storeWithData();
    const { id } = newRun(data);
    const first = addNote(data.db, id, 'collapse after epoch three');
    const second = addNote(data.db, id, 'fine; "quoted" words');
    expect(searchNotes(data.db, 'coll epoch').map((note) => note.id)).toEqual([first.id]);
    expect(searchNotes(data.db, '"quoted"').map((note) => note.id)).toEqual([second.id]);
    expect(searchNotes(data.db, ' ')).toEqual([]);
    updateNote(data.db, first.id, 'no problem at all');
    expect(searchNotes(data.db, 'collapse')).toEqual([]);
    expect(searchNotes(data.db, 'problem')).toHaveLength(1);
    removeNote(data.db, first.id);
    expect(searchNotes(data.db, 'problem')).toEqual([]);
    expect(listNotes(data.db, id).map((note) => note.text)).toEqual(['fine; "quoted" words']);
  });
});

describe('jobs', () => {
  it('are taken by priority, then age, each once', () => {
    const { db } = storeWithData();
    const a = enqueueJob(db, { kind: 'train', payload: { x: [1] } });
    const b = enqueueJob(db, { kind: 'train', payload: null, priority: 5 });
    const c = enqueueJob(db, { kind: 'evaluate', payload: null, priority: 5 });
    expect([nextJob(db)?.id, nextJob(db)?.id, nextJob(db)?.id]).toEqual([b.id, c.id, a.id]);
    expect(nextJob(db)).toBeNull();
    expect(getJob(db, a.id)).toMatchObject({ payload: { x: [1] }, status: 'running' });
  });

  it('tell how far they are and how they ended', () => {
    const { db } = storeWithData();
    const { id } = enqueueJob(db, { kind: 'train', payload: null });
    nextJob(db);
    setJobProgress(db, id, 0.25);
    setJobStatus(db, id, 'failed', 'no memory');
    expect(getJob(db, id)).toMatchObject({ progress: 0.25, statusReason: 'no memory' });
    expect(() => setJobStatus(db, id, 'finished')).toThrow('is failed and cannot become finished');
    expect(listJobs(db, ['failed']).map((job) => job.id)).toEqual([id]);
    expect(listJobs(db, ['running'])).toEqual([]);
    expect(listJobs(db)).toHaveLength(1);
    expect(() => getJob(db, 77)).toThrow('There is no job 77');
  });
});

describe('settings', () => {
  it('fall back until set, and refuse a value of another kind', () => {
    const { db } = storeWithData();
    const schema = z.int();
    expect(getSetting(db, 'limit', schema, 2)).toBe(2);
    setSetting(db, 'limit', 5);
    setSetting(db, 'limit', 6);
    expect(getSetting(db, 'limit', schema, 2)).toBe(6);
    setSetting(db, 'limit', 'much');
    expect(() => getSetting(db, 'limit', schema, 2)).toThrow('The setting "limit" holds "much"');
  });
});

describe('warnings', () => {
  it('are kept once with what they belong to', () => {
    const data = storeWithData();
    const runId = newRun(data).id;
    const warning = { code: 'short-classes', message: 'Two classes are short.' };
    recordWarning(data.db, { runId }, warning);
    recordWarning(data.db, { runId }, warning);
    recordWarning(data.db, { datasetId: data.dataset.id }, warning);
    expect(listWarnings(data.db, { runId })).toEqual([warning]);
    expect(listWarnings(data.db, { datasetId: data.dataset.id })).toEqual([warning]);
    expect(listWarnings(data.db, { evaluationId: 1 })).toEqual([]);
  });
});

describe('newId', () => {
  it('is short, plain and never twice', () => {
    const ids = Array.from({ length: 500 }, newId);
    expect(new Set(ids).size).toBe(500);
    for (const id of ids) expect(id).toMatch(/^[a-z2-9]{8}$/);
  });
});
