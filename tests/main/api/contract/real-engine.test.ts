import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type AppHost, openAppHost } from '../../../../src/main/api/app-host.ts';
import type { Api } from '../../../../src/renderer/client/create-client.ts';
import { finishWork } from '../../../../src/renderer/client/work.ts';
import { evaluationAttackSchema } from '../../../../src/shared/attack.ts';
import { defaultConfig } from '../../../../src/shared/method-catalogue.ts';
import type { RunConfig } from '../../../../src/shared/run-config.ts';
import { HELD_AFTER, holdTraining } from '../../fixtures/hold-training.ts';
import { writeTinyClip } from '../../fixtures/tiny-clip.ts';
import { writeTinyDataset } from '../../fixtures/tiny-dataset.ts';
import { type Connected, inProcess } from '../../hosts/connect.ts';

const NATURAL = evaluationAttackSchema.parse({ name: 'none' });
const PGD = evaluationAttackSchema.parse({ name: 'pgd', steps: 3, subset: 6 });

let folder: string;
let host: AppHost;
let connected: Connected;
let api: Api;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fapt-contract-'));
  host = await openAppHost({ workspace: join(folder, 'workspace') });
  connected = await inProcess(host);
  api = connected.client.api;
  const path = await writeTinyClip(join(folder, 'model'));
  await finishWork(api.models.add({ path, name: 'tiny' }));
  await finishWork(api.datasets.add({ path: await writeTinyDataset(join(folder, 'data')) }));
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await connected.dispose();
  await host.close();
  await rm(folder, { recursive: true });
});

const config = (changes: Partial<RunConfig> = {}): RunConfig => ({
  ...defaultConfig({ method: 'fap', dataset: 'tiny', model: 'tiny', shots: 4, seed: 1 }),
  epochs: 2,
  ...changes,
});

const checkpointOf = (id: string) =>
  readFileSync(join(host.app.workspace.runFolder(id), 'checkpoint.safetensors'));
const statusOf = async (run: string) => (await api.runs.get({ run })).item.status;
/** Where a training waits that is held. */
const inTheMiddle = () => expect.poll(() => host.queue.current()?.done).toBe(HELD_AFTER);

describe('a run in the window', () => {
  let run: string;

  it('is estimated, created, trained and evaluated', async () => {
    const estimate = await api.runs.estimate({ config: config(), evaluations: [NATURAL, PGD] });
    expect(estimate).toMatchObject({ images: 12, steps: 6, warnings: [] });
    expect(estimate.seconds).toBeGreaterThan(0);
    const created = await api.runs.create({
      config: config(),
      evaluations: [NATURAL, PGD],
      note: 'first',
      tags: ['paper'],
    });
    run = created.run;
    await host.queue.idle();
    const detail = await api.runs.get({ run });
    expect(detail).toMatchObject({
      item: {
        status: 'finished',
        step: 6,
        tags: ['paper'],
        natural: { n: 18 },
        robust: { n: 6, attack: { name: 'pgd', steps: 3 } },
      },
      usable: true,
      checkpoint: { step: 6, epoch: 2 },
      notes: [{ text: 'first' }],
      job: null,
    });
    expect(detail.sampleIds).toHaveLength(12);
    expect(detail.diskBytes).toBe(detail.checkpoint?.sizeBytes);
    expect(detail.document.run.robustAccuracy).toBe(detail.item.robust?.accuracy);
  });

  it('was probed while it went on, on validation images', async () => {
    const { probe } = await api.runs.get({ run });
    expect(probe).toMatchObject({ split: 'val', attack: { name: 'pgd', steps: 5 } });
    expect(probe?.images).toHaveLength(3);
    const { series } = await api.runs.metrics({ run });
    const last = (name: string) => series.find((one) => one.name === name);
    for (const name of ['probe.natural', 'probe.robust', 'peakRssBytes']) {
      expect(last(name)?.steps.at(-1)).toBe(6);
      expect(last(name)?.epochs.at(-1)).toBe(2);
    }
    const [natural, robust] = [last('probe.natural'), last('probe.robust')];
    expect(natural?.values.at(-1)).toBeGreaterThanOrEqual(robust?.values.at(-1) ?? 1);
    const drifts = series.filter(({ name }) => name.startsWith('drift.image/'));
    expect(drifts.map(({ name }) => name.split('/').slice(1).join('/'))).toEqual(probe?.pinned);
    expect(drifts.every(({ values }) => (values.at(-1) ?? 0) > 0)).toBe(true);
  });

  it('has curves, outcomes, predictions and maps', async () => {
    const { series } = await api.runs.metrics({ run, names: ['loss'] });
    expect([...(series[0]?.steps ?? [])]).toEqual([1, 2, 3, 4, 5, 6]);
    const all = await api.runs.outcomes({ run });
    expect(all).toMatchObject({ total: 6, evaluation: { attack: { name: 'pgd' }, n: 6 } });
    const parts = await Promise.all(
      (['wrong', 'fooled', 'robust'] as const).map((show) => api.runs.outcomes({ run, show })),
    );
    expect(parts.reduce((sum, { total }) => sum + total, 0)).toBe(6);
    const ids = all.outcomes.map(({ id }) => id);
    const images = { from: 'dataset' as const, dataset: 'tiny', ids };
    const { predictions } = await api.runs.predict({ run, images });
    const { classNames } = await api.datasets.get({ dataset: 'tiny' });
    expect(predictions.map(({ path }) => path)).toEqual(ids);
    // What the run says of an image now is what its evaluation found.
    expect(predictions.map((one) => classNames.indexOf(one.class))).toEqual(
      all.outcomes.map(({ clean }) => clean),
    );
    const image = { from: 'test' as const, example: ids[0] ?? '' };
    const { pixels, maps, grid } = await finishWork(api.attribution.get({ run, image }));
    expect(pixels.clean).toHaveLength(3 * pixels.size ** 2);
    expect(maps.clean).toHaveLength(grid[0] * grid[1]);
  });

  it('tells of a file that is no picture by the name that it was dropped with', async () => {
    const dropped = { name: 'my $& holiday.png', bytes: new TextEncoder().encode('no picture') };
    const asked = api.runs.predict({ run, images: { from: 'files', files: [dropped] } });
    await expect(asked).rejects.toThrow(/^my \$& holiday\.png could not be read/);
  });

  it('gets another attack, then more epochs, after which everything is measured again', async () => {
    await api.runs.evaluate({ run, attack: { ...PGD, steps: 2 } });
    await host.queue.idle();
    expect((await api.runs.get({ run })).item.robust?.attack.steps).toBe(2);
    const before = checkpointOf(run);
    await api.runs.moreEpochs({ run, epochs: 1 });
    await host.queue.idle();
    const { item, document, config: changed, warnings } = await api.runs.get({ run });
    expect(item).toMatchObject({ status: 'finished', step: 9, natural: { n: 18 } });
    expect(changed.epochs).toBe(3);
    expect(document.evaluations.map(({ status }) => status)).toEqual(Array(3).fill('finished'));
    expect(warnings.map(({ code }) => code)).toContain('more-epochs');
    expect(checkpointOf(run).equals(before)).toBe(false);
  });
});

describe('a training that is interrupted', () => {
  const LONG = config({ epochs: 12 });
  const STEPS = 36;
  let whole: Buffer;

  it('by nothing, first', async () => {
    const { run } = await api.runs.create({ config: LONG });
    await host.queue.idle();
    whole = checkpointOf(run);
    expect((await api.runs.get({ run })).item.step).toBe(STEPS);
    // The trainings below wait in the middle for what interrupts them.
    for (const [name, value] of Object.entries(holdTraining('fap'))) vi.stubEnv(name, value);
    await api.app.restartEngine();
  });

  it('by the death of the engine, is shown, and goes on bit for bit after a restart', async () => {
    const { run, job } = await api.runs.create({ config: LONG });
    await inTheMiddle();
    process.kill((await api.app.status()).engine.pid ?? 0, 'SIGKILL');
    await host.queue.idle();
    expect(await statusOf(run)).toBe('interrupted');
    const { engine, current } = await api.app.status();
    expect(engine).toMatchObject({ state: 'down', pid: null });
    expect(engine.reason).toContain('SIGKILL');
    expect(current).toBeNull();
    const predict = api.models.tokens({ model: 'tiny', text: 'a cat' });
    await expect(predict).rejects.toMatchObject({ code: 'engine-down' });
    expect((await api.queue.list()).blocked).toContain('restart it');
    await api.app.restartEngine();
    await api.queue.resume({ job: job.job });
    await host.queue.idle();
    expect(await statusOf(run)).toBe('finished');
    expect(checkpointOf(run).equals(whole)).toBe(true);
  });

  it('by a pause, goes on bit for bit', async () => {
    const { run, job } = await api.runs.create({ config: LONG });
    await inTheMiddle();
    await api.queue.pauseCurrent();
    await host.queue.idle();
    const { item, checkpoint } = await api.runs.get({ run });
    expect(item.status).toBe('paused');
    expect(checkpoint?.step).toBe(item.step);
    expect(item.step).toBe(HELD_AFTER);
    await api.queue.resume({ job: job.job });
    await host.queue.idle();
    expect(checkpointOf(run).equals(whole)).toBe(true);
  });

  it('by stop and keep, is evaluated as it is, and is not taken for a whole one', async () => {
    const { run } = await api.runs.create({ config: LONG, evaluations: [NATURAL] });
    await inTheMiddle();
    await api.queue.stopAndKeep();
    await host.queue.idle();
    const { item, usable, warnings } = await api.runs.get({ run });
    expect(item).toMatchObject({ status: 'finished', natural: { n: 18 } });
    expect(item.step).toBe(HELD_AFTER);
    expect(usable).toBe(true);
    expect(warnings.map(({ code }) => code)).toContain('stopped-early');
  });
});
