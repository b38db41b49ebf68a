import { afterEach, describe, expect, it } from 'vitest';
import { attackOf, NATURAL } from '../../../src/main/api/create-run.ts';
import { StoppedError } from '../../../src/main/jobs/job-error.ts';
import { runEvaluation } from '../../../src/main/jobs/run-evaluation.ts';
import { runTraining } from '../../../src/main/jobs/run-training.ts';
import { listEvaluations } from '../../../src/main/store/evaluations.ts';
import { listOutcomes } from '../../../src/main/store/outcomes.ts';
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

/** Right on everything; stops after `until` images. */
function evaluator(jobs: EvaluateJob[], until = () => Number.POSITIVE_INFINITY) {
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
          clean: label,
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

  it('refuses a run that is not trained to its end', async () => {
    app = await createTestApp(evaluator([]));
    const run = createTestRun(app, 'fap');
    await expect(runEvaluation(app, run.id, { attack: NATURAL })).rejects.toMatchObject({
      code: 'run-unfinished',
    });
    expect(listEvaluations(app.db, run.id)).toEqual([]);
  });
});
