import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { App } from '../../../src/main/api/app.ts';
import { explain } from '../../../src/main/api/explain.ts';
import { epsilonSweep, labTrajectory, noiseBaseline } from '../../../src/main/api/lab.ts';
import { labSanity } from '../../../src/main/api/lab-sanity.ts';
import { listEvaluations } from '../../../src/main/store/evaluations.ts';
import { findOutcome } from '../../../src/main/store/outcomes.ts';
import type { RunRow } from '../../../src/main/store/runs.ts';
import { explainInputSchema } from '../../../src/shared/api/attribution.ts';
import {
  epsilonSweepSchema,
  labInputSchema,
  labSanitySchema,
  labTrajectorySchema,
  noiseBaselineSchema,
} from '../../../src/shared/api/lab.ts';
import { evaluationAttackSchema } from '../../../src/shared/attack.ts';
import {
  ATTACK,
  type AttackedWorkspace,
  EXAMPLE,
  openAttackedWorkspace,
  withoutCalls,
} from '../fixtures/attacked-workspace.ts';

const IMAGE = { from: 'test', example: EXAMPLE };
let workspace: AttackedWorkspace;
let app: App;
let run: RunRow;

beforeAll(async () => {
  workspace = await openAttackedWorkspace('zero-shot');
  app = workspace.app;
  run = workspace.runs[0] as RunRow;
});
afterAll(() => workspace.dispose());

describe('the attack lab', () => {
  const lab = (more = {}) => labInputSchema.parse({ run: run.id, image: IMAGE, ...more });

  it('tells every step, whose image then is the step asked for', async () => {
    const found = labTrajectorySchema.parse(await labTrajectory(app, lab()));
    expect(found.steps.map(({ step }) => step)).toEqual([0, 1, 2, 3, 4]);
    expect(found).toMatchObject({ seed: 1, answer: { step: 4 }, kept: [0, 1, 2, 3, 4] });
    const [evaluation] = listEvaluations(app.db, run.id);
    const outcome = findOutcome(app.db, evaluation?.id ?? 0, EXAMPLE);
    expect(found.answer.margin).toBeCloseTo(outcome?.margin as number, 3);
    for (const { step, logits, linf, l2 } of found.steps) {
      const shown = await explain(
        withoutCalls(app, 'trace'),
        explainInputSchema.parse({ run: run.id, image: IMAGE, adversary: { step } }),
      );
      for (const [k, logit] of logits.entries()) {
        expect(shown.logits.adversarial[k]).toBeCloseTo(logit, 3);
      }
      expect(shown.adversary.linf).toBeCloseTo(linf, 6);
      expect(shown.adversary.l2).toBeCloseTo(l2, 4);
    }
  });

  it('sweeps sizes with the step in proportion; larger ones do not do less', async () => {
    const epsilons = [16 / 255, 0, 4 / 255, 8 / 255, 8 / 255];
    const found = epsilonSweepSchema.parse(await epsilonSweep(app, { ...lab(), epsilons }));
    const { points } = found;
    expect(points.map(({ epsilon }) => Math.round(255 * epsilon))).toEqual([0, 4, 8, 16]);
    expect(points.map(({ stepSize }) => Math.round(255 * stepSize))).toEqual([0, 2, 4, 8]);
    expect(points[0]?.linf).toBe(0);
    for (const [i, point] of points.entries()) {
      expect(point.linf).toBeLessThanOrEqual(point.epsilon * (1 + 1e-6));
      const before = points[i - 1];
      if (before) expect(point.margin).toBeLessThanOrEqual(before.margin + 1e-3);
    }
    const trajectory = await labTrajectory(app, lab());
    expect(points[2]?.margin).toBe(trajectory.answer.margin);
    expect(found.smallestFooling).toBe(points.find(({ fooled }) => fooled)?.epsilon ?? null);
    const large = { ...lab(), epsilons: [2] };
    await expect(epsilonSweep(app, large)).rejects.toMatchObject({ code: 'usage' });
  });

  it('counts what noise of the size does', async () => {
    const found = noiseBaselineSchema.parse(await noiseBaseline(app, { ...lab(), draws: 30 }));
    expect(found.draws).toHaveLength(30);
    expect(found.fooled).toBe(found.draws.filter(({ fooled }) => fooled).length);
    expect(found.ci[0]).toBeLessThanOrEqual(found.fooled / 30);
    expect(found.ci[1]).toBeGreaterThanOrEqual(found.fooled / 30);
  });

  it('checks the attack as a badge does', async () => {
    const { sanity } = labSanitySchema.parse(await labSanity(app, lab()));
    const status = Object.fromEntries(sanity.checks.map((check) => [check.name, check.status]));
    expect(status).toMatchObject({ ball: 'passed', gradients: 'passed', 'any-step': 'passed' });
    expect(sanity.checks.find(({ name }) => name === 'any-step')?.reason).toContain('PGD-8');
    expect(Object.values(status)).not.toContain('unchecked');
    const none = evaluationAttackSchema.parse({ name: 'none' });
    await expect(labSanity(app, lab({ attack: none }))).rejects.toMatchObject({ code: 'usage' });
  });

  it('runs an attack once for two who ask at once', async () => {
    const attack = evaluationAttackSchema.parse({ ...ATTACK, steps: 7 });
    let traces = 0;
    const counting: App = {
      ...app,
      engine: () => ({
        ...app.engine(),
        trace: (...job) => {
          traces += 1;
          return app.engine().trace(...job);
        },
      }),
    };
    const both = [
      labTrajectory(counting, lab({ attack })),
      labTrajectory(counting, lab({ attack })),
    ];
    const [one, two] = await Promise.all(both);
    expect(traces).toBe(1);
    expect(two?.steps).toEqual(one?.steps);
  });

  it('runs an attack itself where the one it waited for was stopped', async () => {
    const attack = evaluationAttackSchema.parse({ ...ATTACK, steps: 9 });
    const stop = new AbortController();
    const started = Promise.withResolvers<void>();
    // An engine that is in the middle of the attack until it is told to stop.
    const leaving: App = {
      ...app,
      signal: stop.signal,
      engine: () => ({
        ...app.engine(),
        trace: async function* () {
          started.resolve();
          await once(stop.signal, 'abort');
          yield* [];
        },
      }),
    };
    const first = labTrajectory(leaving, lab({ attack }));
    await started.promise;
    const second = labTrajectory(app, lab({ attack }));
    // Time for the second to find the first at work; the answers are the same without it.
    await setTimeout(200);
    stop.abort();
    await expect(first).rejects.toMatchObject({ code: 'stopped' });
    expect((await second).steps).toHaveLength(10);
  });

  it('stops when asked, and keeps nothing of what it had not done', async () => {
    const attack = evaluationAttackSchema.parse({ ...ATTACK, steps: 50_000 });
    const stop = new AbortController();
    const stoppable: App = { ...app, signal: stop.signal, report: () => stop.abort() };
    const work = labTrajectory(stoppable, lab({ attack }));
    await expect(work).rejects.toMatchObject({ code: 'stopped' });
    const short = { ...attack, steps: 3 };
    expect((await labTrajectory(app, lab({ attack: short }))).steps).toHaveLength(4);
  });
});
