import type { EvaluationAttack } from '../../shared/attack.ts';
import type { MethodName, RunConfig } from '../../shared/run-config.ts';
import type { ModelRow } from '../store/models.ts';
import type { App } from './app.ts';

/** Images at once while one attack step is timed; more are not faster a piece on WebAssembly. */
const TIMED_IMAGES = 8;

/** How long the parts of runs take on this machine, timed when first asked for. */
export type StepTimer = {
  /** Seconds of one training step of a method at its default settings. */
  trainingStep(config: Pick<RunConfig, 'method' | 'batchSize'>, classes: number): Promise<number>;
  /** Seconds of one attack step, forward and back, of one image. */
  imageStep(method: MethodName, classes: number): Promise<number>;
};

/**
 * Times single steps on a model. A step's time grows along a line with the number of classes (the
 * text tower reads each), so it is timed at the fewest and at the most of them.
 * @param classCounts every number of classes that will be asked for; at least one
 */
export function createStepTimer(app: App, model: ModelRow, classCounts: number[]): StepTimer {
  const known = new Map<string, Promise<number>>();
  const fewest = Math.min(...classCounts);
  const most = Math.max(...classCounts);
  const time = (kind: 'train' | 'eval', method: MethodName, batch: number, classes: number) => {
    const key = [kind, method, batch, classes].join();
    const found = known.get(key) ?? bench(app, model, { kind, method, batch, classes });
    known.set(key, found);
    return found;
  };
  const between = async (kind: 'train' | 'eval', method: MethodName, batch: number, n: number) => {
    const low = await time(kind, method, batch, fewest);
    if (most === fewest) return low;
    const high = await time(kind, method, batch, most);
    return low + ((high - low) * (n - fewest)) / (most - fewest);
  };
  return {
    trainingStep: ({ method, batchSize }, classes) => between('train', method, batchSize, classes),
    imageStep: (method, classes) => between('eval', method, TIMED_IMAGES, classes),
  };
}

type Timed = { kind: 'train' | 'eval'; method: MethodName; batch: number; classes: number };

async function bench(app: App, { path }: ModelRow, timed: Timed): Promise<number> {
  app.signal.throwIfAborted();
  const job = { ...timed, model: { path }, iterations: 1, profile: false };
  const { secondsPerIteration, secondsPerImageStep } = await app.engine().bench(job);
  return secondsPerIteration ?? secondsPerImageStep ?? 0;
}

/** Steps of a training on so many images; the last batch of an epoch is dropped as a run does. */
export function trainingSteps(config: RunConfig, images: number): number {
  const batches = images / config.batchSize;
  const whole = Math.floor(batches);
  return config.epochs * (config.dropLast && whole > 0 ? whole : Math.ceil(batches));
}

/** Square's queries of AutoAttack, and what a query without its way back costs of a step. */
const AUTOATTACK_QUERIES = 5000;
const FORWARD_SHARE = 1 / 3;

/**
 * Attack steps an image at most, forward and back: some attacks leave an image once it is fooled. The
 * clean prediction counts as one.
 */
export function stepsAnImage(attack: EvaluationAttack, classes: number): number {
  const { name, loss, steps, restarts } = attack;
  const targets = Math.min(attack.targetClasses, Math.max(1, classes - 1));
  switch (name) {
    case 'none':
      return 1;
    case 'noise':
      return 1 + restarts * FORWARD_SHARE;
    case 'pgd':
    case 'apgd':
      return 1 + steps * restarts * (loss === 'dlr-targeted' ? targets : 1);
    case 'fab':
      return 1 + steps * restarts * targets;
    case 'square':
      return 1 + steps * restarts * FORWARD_SHARE;
    case 'autoattack':
      return 1 + steps * (1 + 2 * targets) + AUTOATTACK_QUERIES * FORWARD_SHARE;
  }
}
