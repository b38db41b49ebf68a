import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { recordMetrics } from '../../../../src/main/store/metrics.ts';
import { setRunStatus } from '../../../../src/main/store/runs.ts';
import { finishWork } from '../../../../src/renderer/client/work.ts';
import { FaptError } from '../../../../src/shared/errors.ts';
import { openTestHost, type TestHost } from '../../fixtures/test-host.ts';
import { writeTinyDataset } from '../../fixtures/tiny-dataset.ts';
import { type Carried, TRANSPORTS } from './transports.ts';

let test: TestHost;
let carried: Carried;
beforeAll(async () => {
  test = await openTestHost(() => ({
    async predict({ paths }) {
      return paths.map((path) => ({ path, probabilities: [0.25, 0.5, 0.25] }));
    },
  }));
});
afterAll(() => test.dispose());

async function errorOf(call: Promise<unknown>): Promise<{ code: string; message: string }> {
  const error = await call.then(
    () => new Error('nothing was thrown'),
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(FaptError);
  return error as FaptError;
}

describe.each(Object.entries(TRANSPORTS))('%s', (_, open) => {
  beforeEach(async () => {
    carried = await open(test.host);
  });
  afterEach(() => carried.dispose());

  it('answers with what the contract says', async () => {
    const status = await carried.api.app.status();
    expect(status).toMatchObject({ current: null, queued: 0, engine: { reason: null } });
    const { datasets } = await carried.api.datasets.list();
    expect(datasets).toMatchObject([{ name: 'tiny', classes: 3 }]);
  });

  it('carries an error with its code and its sentence', async () => {
    const { code, message } = await errorOf(carried.api.runs.get({ run: 'nothing' }));
    expect(code).toBe('run-unknown');
    expect(message).toContain('There is no run "nothing"');
  });

  it('says which value it refuses', async () => {
    const { code, message } = await errorOf(
      carried.api.runs.list({ sort: { by: 'colour' } } as never),
    );
    expect(code).toBe('usage');
    expect(message).toContain('"sort.by"');
  });

  it('carries an error that comes before a stream begins', async () => {
    const { code } = await errorOf(carried.api.datasets.add({ path: '/no/such/folder' }));
    expect(code).toBe('file-missing');
  });

  it('carries an error from the middle of a stream with its code', async () => {
    const stream = carried.api.datasets.add({ path: test.folder, format: 'coop' });
    const { code, message } = await errorOf(finishWork(stream));
    expect(code).not.toBe('unexpected');
    expect(message).toContain(test.folder);
  });

  it('carries progress, then the result', async () => {
    const path = await writeTinyDataset(join(test.folder, 'data'));
    const seen: number[] = [];
    const report = await finishWork(carried.api.datasets.preview({ path }), ({ done, total }) => {
      seen.push(done / total);
    });
    expect(report.classes).toHaveLength(3);
    expect(seen.every((share) => share >= 0 && share <= 1)).toBe(true);
  });

  it('keeps float64 arrays, NaN and the infinities as they are', async () => {
    const run = test.createRun(7);
    const values = [1 / 3, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    recordMetrics(
      test.host.app.db,
      run.id,
      values.map((value, index) => ({ name: 'loss', step: index + 1, epoch: 1, value })),
    );
    const { series, lastStep } = await carried.api.runs.metrics({ run: run.id });
    expect(lastStep).toBe(4);
    expect(series[0]?.values).toBeInstanceOf(Float64Array);
    expect([...(series[0]?.values ?? [])]).toEqual(values);
    const later = await carried.api.runs.metrics({ run: run.id, afterStep: 3 });
    expect([...(later.series[0]?.steps ?? [])]).toEqual([4]);
    test.host.app.db.prepare('DELETE FROM runs').run();
  });

  it('carries bytes both ways', async () => {
    const run = test.createRun(8);
    const dataset = { dataset: 'tiny', path: 'class0/train-0.png' };
    const picture = await carried.api.datasets.thumbnail(dataset);
    expect(picture.bytes).toBeInstanceOf(Uint8Array);
    expect(new TextDecoder().decode(picture.bytes.subarray(8, 12))).toBe('WEBP');
    test.host.app.db.prepare("UPDATE runs SET method = 'zero-shot'").run();
    test.host.app.db
      .prepare("UPDATE runs SET config = json_set(config, '$.method', 'zero-shot')")
      .run();
    setRunStatus(test.host.app.db, run.id, 'running');
    setRunStatus(test.host.app.db, run.id, 'finished');
    const images = {
      from: 'files' as const,
      files: [{ name: 'dropped.webp', bytes: picture.bytes }],
    };
    const { predictions } = await carried.api.runs.predict({ run: run.id, images });
    expect(predictions).toMatchObject([{ path: 'dropped.webp', probability: 0.5 }]);
    test.host.app.db.prepare('DELETE FROM runs').run();
  });

  it('wakes a watcher with the topic and the run, and stops when it leaves', async () => {
    const { sequence } = await carried.api.app.status();
    const events = await carried.api.app.watch({ after: sequence });
    const run = test.createRun(9);
    const waiting = events.next();
    await carried.api.runs.star({ run: run.id, starred: true });
    const { value } = await waiting;
    expect(value).toMatchObject({ topics: ['runs'], runs: [run.id] });
    await events.return?.();
    test.host.app.db.prepare('DELETE FROM runs').run();
  });
});
