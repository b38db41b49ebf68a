import { describe, expect, it } from 'vitest';
import { createEvaluation, setEvaluationStatus } from '../../../src/main/store/evaluations.ts';
import { interruptAbandoned } from '../../../src/main/store/interrupt.ts';
import { addNote } from '../../../src/main/store/notes.ts';
import { recordOutcomes } from '../../../src/main/store/outcomes.ts';
import { countRuns, listRuns, type RunFilter } from '../../../src/main/store/run-list.ts';
import {
  getRun,
  runSample,
  setRunProgress,
  setRunSample,
  setRunStatus,
} from '../../../src/main/store/runs.ts';
import { addTag } from '../../../src/main/store/tags.ts';
import { newRun, outcome, PGD, storeWithData } from './fixtures.ts';

describe('runs', () => {
  it('keeps what a run is', () => {
    const data = storeWithData();
    const run = newRun(data, { seed: 7 }, { protocol: 'few-shot' });
    expect(getRun(data.db, run.id)).toEqual(run);
    expect(run).toMatchObject({
      method: 'fap',
      dataset: 'pets',
      model: 'tiny',
      shots: 16,
      seed: 7,
      status: 'queued',
      protocol: 'few-shot',
      environment: { threads: 2 },
      modelHash: data.model.sha256,
      classCounts: null,
    });
    expect(run.config.optimizer.learningRate).toBe(0.0035);
  });

  it('is found by its first letters, if they are only its own', () => {
    const data = storeWithData();
    const run = newRun(data);
    expect(getRun(data.db, run.id.slice(0, 7)).id).toBe(run.id);
    data.db.exec(`UPDATE runs SET id = 'abcdefgh' WHERE id = '${run.id}'`);
    const other = newRun(data);
    data.db.exec(`UPDATE runs SET id = 'abcxefgh' WHERE id = '${other.id}'`);
    expect(getRun(data.db, 'abcd').id).toBe('abcdefgh');
    expect(() => getRun(data.db, 'abc')).toThrow('Several runs start with "abc"');
    expect(() => getRun(data.db, 'zz')).toThrow('There is no run "zz"');
    expect(() => getRun(data.db, '')).toThrow('There is no run ""');
    expect(() => getRun(data.db, '%')).toThrow('There is no run "%"');
  });

  it('stores where it stands and what it learns from', () => {
    const data = storeWithData();
    const { id } = newRun(data);
    setRunProgress(data.db, id, { epoch: 1, step: 4, totalSteps: 90 });
    setRunProgress(data.db, id, { epoch: 2, step: 8 });
    const sampleIds = ['dog/1.png', 'cat/1.png'];
    setRunSample(data.db, id, { sampleHash: 'h', sampleIds, classCounts: [1, 1] });
    expect(getRun(data.db, id)).toMatchObject({
      epoch: 2,
      step: 8,
      totalSteps: 90,
      sampleHash: 'h',
      classCounts: [1, 1],
    });
    expect(runSample(data.db, id)).toEqual(['dog/1.png', 'cat/1.png']);
  });

  it('times its life', () => {
    const data = storeWithData();
    const { id } = newRun(data);
    setRunStatus(data.db, id, 'running');
    const running = getRun(data.db, id);
    expect(running).toMatchObject({ status: 'running', ownerPid: process.pid, endedAt: null });
    setRunStatus(data.db, id, 'failed', { reason: 'NaN in the loss' });
    const failed = getRun(data.db, id);
    expect(failed).toMatchObject({ statusReason: 'NaN in the loss', ownerPid: null });
    expect(failed.endedAt).toBeGreaterThanOrEqual(failed.startedAt ?? Number.NaN);
    setRunStatus(data.db, id, 'running');
    expect(getRun(data.db, id)).toMatchObject({
      startedAt: running.startedAt,
      endedAt: null,
      statusReason: null,
    });
  });

  it('refuses a status that would not be true', () => {
    const data = storeWithData();
    const { id } = newRun(data);
    expect(() => setRunStatus(data.db, id, 'finished')).toThrow('is queued and cannot become');
    setRunStatus(data.db, id, 'running');
    setRunStatus(data.db, id, 'finished');
    expect(() => setRunStatus(data.db, id, 'interrupted')).toThrow('is finished and cannot');
    expect(getRun(data.db, id).status).toBe('finished');
  });
});

describe('a run whose owner is gone', () => {
  it('is shown as interrupted, before anybody wrote so', () => {
    let owner: number | null = 4711;
    const data = storeWithData(() => owner);
    const { id } = newRun(data);
    setRunStatus(data.db, id, 'running', { ownerPid: 4711 });
    const interrupted: RunFilter = { statuses: ['interrupted'] };
    const running: RunFilter = { statuses: ['running'] };
    expect(getRun(data.db, id).status).toBe('running');
    expect([countRuns(data.db, running), countRuns(data.db, interrupted)]).toEqual([1, 0]);
    for (const gone of [null, 4712]) {
      owner = gone;
      expect(getRun(data.db, id).status).toBe('interrupted');
      expect(listRuns(data.db)[0]?.status).toBe('interrupted');
      expect([countRuns(data.db, running), countRuns(data.db, interrupted)]).toEqual([0, 1]);
    }
  });

  it('becomes interrupted when the next owner comes, at its last sign of life', () => {
    const data = storeWithData();
    const { id } = newRun(data);
    const queued = newRun(data);
    setRunStatus(data.db, id, 'running');
    setRunProgress(data.db, id, { epoch: 1, step: 3 });
    data.db.exec('UPDATE runs SET updated_at = 1234');
    expect(interruptAbandoned(data.db, 'It ended.')).toEqual({ runs: 1, evaluations: 0, jobs: 0 });
    expect(getRun(data.db, id)).toMatchObject({
      status: 'interrupted',
      statusReason: 'It ended.',
      endedAt: 1234,
      ownerPid: null,
      step: 3,
    });
    expect(getRun(data.db, queued.id).status).toBe('queued');
  });
});

describe('listRuns', () => {
  const data = storeWithData();
  const fap = newRun(data, { seed: 1 });
  const ours = newRun(data, { method: 'cba-fapt', seed: 2 }, { protocol: 'few-shot' });
  const zero = newRun(data, { method: 'zero-shot', shots: 1, seed: 1 });
  data.db.exec(`UPDATE runs SET created_at = CASE id WHEN '${fap.id}' THEN 1
    WHEN '${ours.id}' THEN 2 ELSE 3 END`);
  addTag(data.db, fap.id, 'paper');
  addTag(data.db, fap.id, 'good');
  addTag(data.db, ours.id, 'paper');
  addNote(data.db, ours.id, 'The attribution drifts less "here".');
  setRunStatus(data.db, zero.id, 'stopped');

  it.each<[string, RunFilter, string[]]>([
    ['all, newest first', {}, [zero.id, ours.id, fap.id]],
    ['methods', { methods: ['fap', 'cba-fapt'] }, [ours.id, fap.id]],
    ['dataset by name', { datasets: ['pets'] }, [zero.id, ours.id, fap.id]],
    ['dataset by id', { datasets: [data.dataset.id] }, [zero.id, ours.id, fap.id]],
    ['another dataset', { datasets: ['cars'] }, []],
    ['model', { models: ['tiny'], seeds: [2] }, [ours.id]],
    ['status', { statuses: ['stopped'] }, [zero.id]],
    ['statuses', { statuses: ['queued', 'stopped'] }, [zero.id, ours.id, fap.id]],
    ['no status', { statuses: [] }, []],
    ['shots', { shots: [1] }, [zero.id]],
    ['a tag', { tags: ['paper'] }, [ours.id, fap.id]],
    ['all of several tags', { tags: ['paper', 'good'] }, [fap.id]],
    ['protocol', { protocol: 'few-shot' }, [ours.id]],
    ['words of a note', { text: 'attribution drift' }, [ours.id]],
    ['signs that are syntax elsewhere', { text: '"here" AND (' }, []],
    ['the beginning of an id', { text: fap.id.slice(0, 6) }, [fap.id]],
    ['a percent sign', { text: '%' }, []],
  ])('by %s', (_, filter, expected) => {
    expect(listRuns(data.db, filter).map(({ id }) => id)).toEqual(expected);
    expect(countRuns(data.db, filter)).toBe(expected.length);
  });

  it('pages', () => {
    expect(listRuns(data.db, {}, { limit: 1, offset: 1 }).map(({ id }) => id)).toEqual([ours.id]);
  });

  it('keeps those that were trained on a part of the classes', () => {
    const db = storeWithData();
    const base = newRun(db, { classes: 'base' });
    const all = newRun(db);
    const ids = (classes: ('all' | 'base' | 'new')[]) =>
      listRuns(db.db, { classes }).map(({ id }) => id);
    expect([ids(['base']), ids(['all']), ids(['new'])]).toEqual([[base.id], [all.id], []]);
    expect(ids(['all', 'base'])).toHaveLength(2);
  });

  it('hides deleted runs', () => {
    const gone = newRun(data);
    data.db.exec(`UPDATE runs SET deleted_at = 1 WHERE id = '${gone.id}'`);
    expect(countRuns(data.db)).toBe(3);
    expect(() => getRun(data.db, gone.id)).toThrow('There is no run');
  });

  it('shows tags and results with their protocol', () => {
    const evaluation = createEvaluation(data.db, {
      runId: fap.id,
      modelId: null,
      datasetId: data.dataset.id,
      attack: PGD,
      ids: ['cat/9.png', 'cat/3.png'],
      seed: 1,
      environment: null,
    });
    setEvaluationStatus(data.db, evaluation.id, 'running');
    recordOutcomes(data.db, evaluation.id, [
      outcome('cat/9.png'),
      outcome('cat/3.png', { adversarial: 0, fellAt: null }),
    ]);
    const row = () => listRuns(data.db, { methods: ['fap'] })[0];
    expect(row()).toMatchObject({ tags: ['good', 'paper'], natural: null, robust: null });
    setEvaluationStatus(data.db, evaluation.id, 'finished');
    expect(row()).toMatchObject({
      natural: { accuracy: 1, n: 2 },
      robust: { accuracy: 0.5, n: 2, attack: PGD },
    });
  });
});
