import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { attackOf, NATURAL } from '../../../src/main/api/create-run.ts';
import { StoppedError } from '../../../src/main/jobs/job-error.ts';
import { runEvaluation } from '../../../src/main/jobs/run-evaluation.ts';
import { runTraining } from '../../../src/main/jobs/run-training.ts';
import { recordCheckpoint } from '../../../src/main/store/checkpoints.ts';
import { listEvaluations } from '../../../src/main/store/evaluations.ts';
import { listOutcomes } from '../../../src/main/store/outcomes.ts';
import { setRunStatus } from '../../../src/main/store/runs.ts';
import { listWarnings } from '../../../src/main/store/warnings.ts';
import { relativeToWorkspace } from '../../../src/main/workspace/paths.ts';
import type {
  EvaluateEvent,
  EvaluateJob,
  ProbeEvent,
  ProbeJob,
} from '../../../src/shared/engine-contract.ts';
import type { Outcome } from '../../../src/shared/results.ts';
import { createTestApp, createTestRun, type TestApp } from '../fixtures/test-app.ts';

let app: TestApp;
afterEach(() => app.dispose());

/** Right on everything, or where `right` says so; stops after `until` images. */
function evaluator(
  jobs: EvaluateJob[],
  until = () => Number.POSITIVE_INFINITY,
  right: (index: number, job: EvaluateJob) => boolean = () => true,
) {
  return {
    async *evaluate(job: EvaluateJob): AsyncGenerator<EvaluateEvent> {
      jobs.push(job);
      const total = job.examples.length;
      for (const [index, { id, label }] of job.examples.entries()) {
        if (index >= until()) {
          yield { type: 'end', status: 'stopped' };
          return;
        }
        const outcome: Outcome = {
          id,
          label,
          clean: right(index, job) ? label : label + 1,
          adversarial: job.attack.name === 'none' ? null : label,
          margin: 1,
          fellAt: null,
          perturbation: null,
        };
        yield { type: 'outcomes', outcomes: [outcome], observed: null, done: index + 1, total };
      }
      yield { type: 'end', status: 'finished' };
    },
    async *probe(job: ProbeJob): AsyncGenerator<ProbeEvent> {
      const sweep = [{ epsilon: 0.1, right: 0, n: job.survivors.length }];
      yield {
        type: 'probe',
        probe: { sweep, blackBox: { queries: 1, right: job.sample.map(() => true) } },
      };
      yield { type: 'end', status: 'finished' };
    },
  };
}

/** As a training leaves a run. */
async function finishTraining(runId: string): Promise<void> {
  const path = join(app.workspace.runFolder(runId), 'checkpoint.safetensors');
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, 'weights');
  recordCheckpoint(app.db, {
    runId,
    step: 1,
    epoch: 1,
    path: relativeToWorkspace(app.workspace, path),
    sizeBytes: 7,
  });
  setRunStatus(app.db, runId, 'running');
  setRunStatus(app.db, runId, 'finished');
}

describe('runEvaluation', () => {
  it('goes on with the images that are left after a stop', async () => {
    const jobs: EvaluateJob[] = [];
    let limit = 7;
    app = await createTestApp(evaluator(jobs, () => limit));
    const run = await runTraining(app, createTestRun(app, 'zero-shot').id);
    const attack = attackOf(run.config, { subset: null });
    await expect(runEvaluation(app, run.id, { attack })).rejects.toBeInstanceOf(StoppedError);
    expect(listEvaluations(app.db, run.id)).toMatchObject([{ status: 'stopped', n: 7 }]);
    limit = Number.POSITIVE_INFINITY;
    const finished = await runEvaluation(app, run.id, { attack });
    expect(finished).toMatchObject({ status: 'finished', n: 18, robustRight: 18 });
    expect(jobs.map(({ examples }) => examples.length)).toEqual([18, 11]);
    const ids = listOutcomes(app.db, finished.id).map(({ id }) => id);
    expect(ids).toEqual(jobs[0]?.examples.map(({ id }) => id));
    expect(app.progress.at(-1)).toMatchObject({ done: 18, total: 18 });
    // Asked only after the last image.
    expect(finished.probe).toMatchObject({ sweep: [{ right: 0, n: 18 }] });
    expect(finished.probe?.blackBox?.right).toHaveLength(18);
  });

  it('makes a finished evaluation once', async () => {
    const jobs: EvaluateJob[] = [];
    app = await createTestApp(evaluator(jobs));
    const run = await runTraining(app, createTestRun(app, 'zero-shot').id);
    const first = await runEvaluation(app, run.id, { attack: NATURAL });
    const second = await runEvaluation(app, run.id, { attack: NATURAL });
    expect(second.id).toBe(first.id);
    expect(jobs).toHaveLength(1);
    expect(jobs[0]?.perturbationFolder).toBeNull();
  });

  it.each([
    ['before it', ['zero-shot', 'coop']],
    ['after it', ['coop', 'zero-shot']],
  ] as const)('says that a run is below zero-shot CLIP, evaluated %s', async (_, order) => {
    const wrong = { coop: 3, 'zero-shot': 1 };
    app = await createTestApp(
      evaluator([], undefined, (index, { tuned }) => index >= wrong[tuned.config.method as 'coop']),
    );
    const ids: Record<string, string> = {};
    for (const method of order) {
      const run = createTestRun(app, method);
      ids[method] = run.id;
      await finishTraining(run.id);
      await runEvaluation(app, run.id, { attack: NATURAL });
    }
    const warnings = ['coop', 'zero-shot'].map((method) =>
      listEvaluations(app.db, ids[method] as string).flatMap(({ id }) =>
        listWarnings(app.db, { evaluationId: id }),
      ),
    );
    expect(warnings).toEqual([
      [
        {
          code: 'below-zero-shot',
          message: expect.stringMatching(
            `run ${ids.coop} is 83.3 %, below the 94.4 % of zero-shot CLIP .run ${ids['zero-shot']}. on the same 18 images`,
          ),
        },
      ],
      [],
    ]);
  });

  it('says nothing where a run is as good as zero-shot CLIP, or on other images', async () => {
    const wrong = { coop: 2, 'zero-shot': 2 };
    app = await createTestApp(
      evaluator([], undefined, (index, { tuned }) => index >= wrong[tuned.config.method as 'coop']),
    );
    for (const method of ['zero-shot', 'coop'] as const) {
      const run = createTestRun(app, method);
      await finishTraining(run.id);
      await runEvaluation(app, run.id, { attack: NATURAL });
      if (method === 'coop') wrong.coop = 9;
      const few = { ...NATURAL, subset: method === 'coop' ? 10 : 12 };
      const { id } = await runEvaluation(app, run.id, { attack: few });
      expect(listWarnings(app.db, { evaluationId: id })).toEqual([]);
    }
    expect(app.notes.filter((note) => note.includes('zero-shot'))).toEqual([]);
  });

  it('refuses a run that is not trained to its end', async () => {
    app = await createTestApp(evaluator([]));
    const run = createTestRun(app, 'fap');
    await expect(runEvaluation(app, run.id, { attack: NATURAL })).rejects.toMatchObject({
      code: 'run-unfinished',
    });
    expect(listEvaluations(app.db, run.id)).toEqual([]);
  });
});
