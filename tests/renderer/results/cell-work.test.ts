import { describe, expect, it } from 'vitest';
import { cellWork, rowTitles } from '../../../src/renderer/results/cell-work.ts';
import type { ResultsRun } from '../../../src/shared/api/results.ts';

const run = (title: string, changes: Partial<ResultsRun> = {}): [string, ResultsRun] => [
  title,
  {
    title,
    method: 'fap',
    dataset: 'cats',
    shots: 16,
    seed: 1,
    state: 'missing',
    run: null,
    stepsLeft: 1,
    evaluationsLeft: 2,
    status: null,
    seconds: 60,
    failure: null,
    ...changes,
  },
];

describe('what becomes of a cell', () => {
  const runs = new Map([
    run('done', { state: 'finished', status: 'finished' }),
    run('waits', { state: 'partial', status: 'queued' }),
    run('works', { state: 'partial', status: 'running' }),
    run('held', { state: 'partial', status: 'paused' }),
    run('new', { failure: 'Out of memory.' }),
    run('untimed', { seconds: null }),
  ]);

  it('counts as left what nobody works on', () => {
    const work = cellWork(['done', 'waits', 'works', 'held', 'new'], runs);
    expect(work.left.map(({ title }) => title)).toEqual(['held', 'new']);
    expect(work.queued.map(({ title }) => title)).toEqual(['waits']);
    expect(work.running?.title).toBe('works');
    expect(work).toMatchObject({ seconds: 120, failure: 'Out of memory.' });
  });

  it('knows no time where one run was never timed', () => {
    expect(cellWork(['new', 'untimed'], runs).seconds).toBeNull();
  });

  it('names each run of a row once', () => {
    expect(rowTitles({ cells: [{ runs: ['a', 'b'] }, { runs: ['b'] }] })).toEqual(['a', 'b']);
  });
});
