import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { recordMetrics } from '../../../src/main/store/metrics.ts';
import { finishWork } from '../../../src/renderer/client/work.ts';
import type { Trace } from '../../../src/shared/engine-trace.ts';
import { FaptError } from '../../../src/shared/errors.ts';
import { openTestHost, type TestHost } from '../fixtures/test-host.ts';
import { type Connected, inProcess, overPort, overSocket } from './connect.ts';

/** A view into a larger array. */
const PART = new Float32Array([9, 0.2, 0, 1e-40, 0, 1, 9]).subarray(1, 6);
/** Of an attack that was over before its first step. */
const TRACE: Trace = {
  clean: { margin: 1, predicted: 0, fooled: false, logits: [2, 1, 0] },
  ...{ steps: [], kept: [], fooledAt: null, warnings: [] },
  answer: { step: null, margin: 1, predicted: 0, fooled: false, linf: 0, l2: 0 },
  observed: {
    ...{ images: 1, maxDistance: 0, minPixel: 0, maxPixel: 1 },
    ...{ zeroGradientImages: null, noiseRight: 1 },
  },
};

async function writeWithFolder(file: string, bytes: Uint8Array): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, bytes);
}

const PIXELS = new Float32Array([0, -0, 1e-40, 0.1, 1]);

let predicting = false;
let test: TestHost;
let connected: Connected;
const api = () => connected.client.api;

const ways: [string, (host: TestHost['host']) => Promise<Connected>][] = [
  ['a WebSocket', overSocket],
  ['a MessagePort', overPort],
  ['a direct call', inProcess],
];

describe.each(ways)('the contract over %s', (_, connect) => {
  beforeEach(async () => {
    predicting = false;
    test = await openTestHost(() => ({
      attribute: async ({ example, target }) => ({
        id: example.id,
        target: typeof target === 'number' ? target : null,
        targetText: 'a photo of a red cat.',
        grid: [1, 1],
        image: { clean: [1], adversarial: [2] },
        tokens: ['cat'],
        learned: [false],
        text: { clean: [1], adversarial: [2] },
        logits: { clean: [1, 2, 3], adversarial: [1, 2, 3] },
        drift: {
          ...{ imageL2: 1, imageKl: 0, imageSpearman: null, imageTopIou: 1 },
          ...{ textKl: 0, textSpearman: null },
        },
        pixels: { size: 1, clean: PIXELS, adversarial: PART },
      }),
      async *trace({ files }) {
        for (const file of [files?.trajectory, files?.answer]) {
          if (file) await writeWithFolder(file, new Uint8Array(12));
        }
        yield { type: 'trace', trace: TRACE };
        yield { type: 'end', status: 'finished' };
      },
      predict() {
        predicting = true;
        return new Promise(() => {});
      },
    }));
    connected = await connect(test.host);
  });
  afterEach(async () => {
    await connected.dispose();
    await test.dispose();
  });

  it('answers what the application is', async () => {
    const status = await api().app.status();
    expect(status).toMatchObject({ queued: 0, current: null, fresh: true, engine: { pid: null } });
    expect(status.workspace).toBe(test.host.app.workspace.folder);
  });

  it('keeps the code and the sentence of an error', async () => {
    const error = await api()
      .runs.get({ run: 'nothing' })
      .catch((cause: unknown) => cause);
    expect(error).toBeInstanceOf(FaptError);
    expect(error).toMatchObject({ code: 'run-unknown' });
    expect((error as FaptError).message).toMatch('There is no run "nothing"');
  });

  it('refuses what the schema does not know, by a sentence too', async () => {
    const call = api().runs.get({ run: 3 } as never);
    await expect(call).rejects.toMatchObject({ code: 'usage' });
    await expect(call).rejects.toThrow('"run" cannot have this value');
  });

  it('throws before a stream, and fails within one, by the same kind of error', async () => {
    const path = `${test.folder}/nothing.json`;
    const add = finishWork(api().datasets.add({ path }));
    await expect(add).rejects.toBeInstanceOf(FaptError);
    await expect(add).rejects.toMatchObject({ code: 'file-missing' });
  });

  it('tells progress and then the result of work', async () => {
    const stages: string[] = [];
    const path = `${test.folder}/data/tiny.json`;
    const report = await finishWork(api().datasets.preview({ path }), ({ stage }) =>
      stages.push(stage),
    );
    expect(report).toMatchObject({ classes: ['red_cat', 'green_dog', 'blue_fish'] });
    expect(report.counts).toMatchObject({ train: 12, test: 18 });
  });

  it('carries curves with what is no number', async () => {
    const run = test.createRun();
    const values = [1.5, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0];
    const points = values.map((value, step) => ({ name: 'loss', step, epoch: 1, value }));
    recordMetrics(test.host.app.db, run.id, points);
    const { series, lastStep } = await api().runs.metrics({ run: run.id, afterStep: 0 });
    expect(lastStep).toBe(4);
    expect(series).toHaveLength(1);
    expect(series[0]?.values).toBeInstanceOf(Float64Array);
    expect([...(series[0]?.values ?? [])]).toEqual(values.slice(1).map((value) => value + 0));
  });

  it('carries bytes both ways, and refuses a path that leaves the upload', async () => {
    const bytes = Uint8Array.from({ length: 100_000 }, (_, index) => index % 256);
    const upload = 'upload-1234';
    const { file } = await api().files.upload({ upload, path: 'cats/a.png', bytes });
    expect(readFileSync(file)).toEqual(Buffer.from(bytes));
    const outside = api().files.upload({ upload, path: '../../a.png', bytes });
    await expect(outside).rejects.toMatchObject({ code: 'path-outside' });
    const picture = await api().datasets.thumbnail({
      dataset: 'tiny',
      split: 'train',
      path: 'class0/train-0.png',
    });
    expect(picture.bytes).toBeInstanceOf(Uint8Array);
    expect(picture.contentType).toBe('image/webp');
    expect(Buffer.from(picture.bytes.subarray(8, 12)).toString()).toBe('WEBP');
  });

  it('carries float32 pixels bit for bit, a view into a larger array too', async () => {
    const run = test.createRun(1, 'zero-shot');
    const example = 'class0/test-0.png';
    const image = { from: 'test' as const, example };
    const { pixels, target } = await finishWork(api().attribution.get({ run: run.id, image }));
    expect(target).toMatchObject({ label: 0, name: 'red_cat' });
    expect(pixels.clean).toBeInstanceOf(Float32Array);
    expect(new Uint8Array(pixels.clean.buffer, pixels.clean.byteOffset, 20)).toEqual(
      new Uint8Array(PIXELS.buffer),
    );
    expect(pixels.adversarial).toEqual(PART);
  });

  it('wakes up who watches', async () => {
    const { sequence } = await api().app.status();
    const run = test.createRun();
    const wakeUps = await api().app.watch({ after: sequence });
    await api().runs.star({ run: run.id, starred: true });
    for await (const wakeUp of wakeUps) {
      expect(wakeUp.runs).toEqual([run.id]);
      expect(wakeUp.topics).toContain('runs');
      expect(wakeUp.sequence).toBeGreaterThan(sequence);
      break;
    }
  });

  it('lets no call wait for ever once the application is gone', async () => {
    const run = test.createRun(1, 'zero-shot');
    const images = { from: 'dataset' as const, dataset: 'tiny', ids: ['class0/test-0.png'] };
    const never = api().runs.predict({ run: run.id, images });
    const asked = never.catch((error: unknown) => error);
    await expect.poll(() => predicting).toBe(true);
    const wakeUps = await api().app.watch({ after: test.host.changes.sequence });
    const next = wakeUps[Symbol.asyncIterator]().next();
    next.catch(() => {}); // Looked at below, after the call before it.
    const states: string[] = [];
    connected.client.onConnection((state) => states.push(state));
    connected.lose();
    expect(await asked).toMatchObject({ code: 'connection-lost' });
    await expect(next).rejects.toMatchObject({ code: 'connection-lost' });
    await expect.poll(() => states).toContain('lost');
    await expect(api().app.status()).rejects.toMatchObject({ code: 'connection-lost' });
  });
});
