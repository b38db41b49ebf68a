import { join } from 'node:path';
import { z } from 'zod';
import type { App } from '../api/app.ts';
import { createQueuedRun, NATURAL } from '../api/create-run.ts';
import { runDemo } from '../api/demo.ts';
import { DEMO_METHODS, demoAttack, demoConfig } from '../api/demo-runs.ts';
import { findAlike } from '../api/find-alike.ts';
import { listEvaluations } from '../store/evaluations.ts';
import type { JobRow } from '../store/jobs.ts';
import { finishRun } from './finish-run.ts';
import { runEvaluation } from './run-evaluation.ts';

export const demoPayloadSchema = z.strictObject({
  dataset: z.string(),
  seeds: z.array(z.int()).min(1),
});
export type DemoPayload = z.infer<typeof demoPayloadSchema>;

/** Steps of the attack behind a first look at the demo's numbers; its own has five times as many. */
const QUICK_STEPS = 20;

/** Where the report of a demo that was started from the window lies. */
export function demoFolder(app: Pick<App, 'workspace'>): string {
  return join(app.workspace.folder, 'demo');
}

/** Does what a job is about, or what is left of it. */
export async function workOn(app: App, job: JobRow): Promise<void> {
  if (job.kind === 'demo') return workOnDemo(app, demoPayloadSchema.parse(job.payload));
  if (job.runId === null) throw new TypeError(`job ${job.id} has no run`);
  // An evaluation that was asked for meanwhile is still to be made.
  do await finishRun(app, job.runId);
  while (hasWaiting(app, job.runId));
}

function hasWaiting(app: App, runId: string): boolean {
  return listEvaluations(app.db, runId).some(({ status }) => status === 'queued');
}

/** A quick look first, then the whole demo, which finds the trained runs again. */
async function workOnDemo(app: App, { dataset, seeds }: DemoPayload): Promise<void> {
  const attack = await demoAttack();
  const quick = { ...attack, steps: QUICK_STEPS };
  for (const method of DEMO_METHODS) {
    const config = demoConfig(method, dataset, seeds[0] ?? 1, attack.epsilon);
    const evaluations = [{ attack: NATURAL }, { attack: quick }];
    const run =
      (await findAlike(app, config)) ??
      (await createQueuedRun(app, { config, evaluations, strict: false, protocol: 'demo' }));
    await finishRun(app, run.id);
    // Where a run was there before, it may lack the quick look.
    await runEvaluation(app, run.id, { attack: quick });
  }
  await runDemo(app, { dataset, seeds, fresh: false, out: demoFolder(app) });
}
