import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { type AppHost, openAppHost } from '../../../src/main/api/app-host.ts';
import { demoFolder } from '../../../src/main/jobs/queue-work.ts';
import { listEvaluations } from '../../../src/main/store/evaluations.ts';
import { listRuns } from '../../../src/main/store/run-list.ts';
import { demoReportSchema } from '../../../src/shared/api-demo.ts';
import { writeTinyPack } from '../../e2e/tiny-pack.ts';
import { holdTraining } from '../fixtures/hold-training.ts';

const METHODS = ['zero-shot', 'fap', 'cba-fapt'];
let folder: string;
let host: AppHost;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fapt-demo-job-'));
  await writeTinyPack(join(folder, 'resources'));
  vi.stubEnv('FAPT_RESOURCES', join(folder, 'resources'));
  // The pause comes in the middle of this training, however short it is.
  for (const [name, value] of Object.entries(holdTraining('cba-fapt'))) vi.stubEnv(name, value);
  host = await openAppHost({ workspace: join(folder, 'workspace') });
});
afterAll(async () => {
  await host.close();
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

it('gives a quick look at every method first, can be paused, and ends in one report', async () => {
  const { queue, app } = host;
  const { job, title } = queue.enqueueDemo({ dataset: 'demo-mammals', seeds: [1] });
  expect(title).toBe('Demo, demo-mammals, seed 1');
  const training = () => queue.current()?.stage === 'train cba-fapt, seed 1';
  // However long what comes before takes; there it stays.
  for await (const _ of host.changes.watch(0, new AbortController().signal)) if (training()) break;
  expect(() => queue.stopAndKeep()).toThrow('demo');
  queue.pauseCurrent();
  await queue.idle();
  expect(queue.list()).toMatchObject({ held: [{ job, status: 'paused' }] });
  queue.resume(job);
  await queue.idle();
  expect(queue.list().ended[0]).toMatchObject({ job, status: 'finished' });

  const runs = listRuns(app.db, { protocol: 'demo' });
  expect(runs.map(({ method }) => method).sort()).toEqual([...METHODS].sort());
  const evaluations = runs.flatMap(({ id }) => listEvaluations(app.db, id));
  const at = (steps: number) => evaluations.filter(({ attack }) => attack.steps === steps);
  const attacked = (steps: number) => at(steps).filter(({ attack }) => attack.name === 'pgd');
  expect(attacked(20)).toHaveLength(3);
  expect(attacked(100)).toHaveLength(3);
  const lastLook = Math.max(...attacked(20).map(({ endedAt }) => endedAt ?? 0));
  for (const { startedAt } of attacked(100)) expect(startedAt).toBeGreaterThanOrEqual(lastLook);

  const report = readFileSync(join(demoFolder(app), 'demo.json'), 'utf8');
  expect(demoReportSchema.parse(JSON.parse(report))).toMatchObject({ attack: { steps: 100 } });
  expect(existsSync(join(demoFolder(app), 'report.html'))).toBe(true);
  // One of an earlier version, whose sentences were text alone, is read too.
  const older = JSON.parse(report, (key, value) => (key === 'said' ? undefined : value));
  expect(demoReportSchema.safeParse(older).error).toBeUndefined();
});
