import type { EvaluationAttack } from '../../shared/attack.ts';
import { evaluationAttackSchema } from '../../shared/attack.ts';
import { defaultConfig } from '../../shared/method-catalogue.ts';
import type { MethodName, RunConfig } from '../../shared/run-config.ts';
import { finishRun, startRun } from '../jobs/finish-run.ts';
import { runEvaluation } from '../jobs/run-evaluation.ts';
import { DEMO_MODEL, readDemoCard } from '../models/bundled.ts';
import { getRun, type RunRow } from '../store/runs.ts';
import type { App } from './app.ts';
import { createQueuedRun, NATURAL } from './create-run.ts';
import { findAlike } from './find-alike.ts';

/** What the demo compares, in the order of its table. */
export const DEMO_METHODS = ['zero-shot', 'fap', 'cba-fapt'] as const satisfies MethodName[];
export type DemoMethod = (typeof DEMO_METHODS)[number];

const SHOTS = 16;
const ATTACK_STEPS = 100;
/** The first test images of each class, balanced. */
const ATTACKED_IMAGES = 100;
const PROTOCOL = 'demo';

export type DemoPlan = { dataset: string; seeds: number[]; fresh: boolean };

/** PGD-100 at the size the bundled model's card gives; step and size are equal, as published. */
export async function demoAttack(): Promise<EvaluationAttack> {
  const { epsilon } = await readDemoCard();
  return evaluationAttackSchema.parse({
    name: 'pgd',
    epsilon,
    stepSize: epsilon,
    steps: ATTACK_STEPS,
    subset: ATTACKED_IMAGES,
  });
}

/** The methods' defaults with the demo's attack size, in training as in the evaluation. */
export function demoConfig(
  method: DemoMethod,
  dataset: string,
  seed: number,
  epsilon: number,
): RunConfig {
  const config = defaultConfig({ method, dataset, model: DEMO_MODEL, shots: SHOTS, seed });
  return { ...config, attack: { ...config.attack, epsilon, stepSize: epsilon } };
}

export type DemoRun = { method: DemoMethod; seed: number; run: RunRow; reused: boolean };

/**
 * Trains and evaluates each method with each seed. A run of the same settings, weights, split and
 * engine that is in the workspace already is used again, and gone on with where it was stopped.
 */
export async function makeDemoRuns(app: App, plan: DemoPlan): Promise<DemoRun[]> {
  const attack = await demoAttack();
  const made: DemoRun[] = [];
  for (const seed of plan.seeds) {
    for (const method of DEMO_METHODS) {
      const config = demoConfig(method, plan.dataset, seed, attack.epsilon);
      const known = plan.fresh ? null : await findAlike(app, config);
      if (known) {
        const done = known.status === 'finished' ? 'is used again' : 'is gone on with';
        app.note(
          `Run ${known.id} (${method}, seed ${seed}) has the same settings and ${done}; --fresh makes new ones.`,
        );
        await finishRun(app, known.id);
      }
      const id = known?.id ?? (await makeNew(app, config, attack));
      for (const wanted of [NATURAL, attack]) await runEvaluation(app, id, { attack: wanted });
      made.push({ method, seed, run: getRun(app.db, id), reused: known?.status === 'finished' });
    }
  }
  return made;
}

async function makeNew(app: App, config: RunConfig, attack: EvaluationAttack): Promise<string> {
  const evaluations = [{ attack: NATURAL }, { attack }];
  const run = await createQueuedRun(app, {
    config,
    evaluations,
    strict: false,
    protocol: PROTOCOL,
  });
  return (await startRun(app, run)).id;
}
