import type { EvaluationAttack } from '../../shared/attack.ts';
import { METHODS } from '../../shared/method-catalogue.ts';
import { say } from '../../shared/sentence.ts';
import type { App } from '../api/app.ts';
import { createStepTimer, type StepTimer, stepsAnImage } from '../api/estimate.ts';
import { chooseClasses } from '../datasets/class-set.ts';
import { perturbationLimit } from '../jobs/perturbation-limit.ts';
import type { DatasetRow } from '../store/datasets.ts';
import { type CellState, type TestState, testsLeft } from './cell-states.ts';
import type { PreparedProtocol } from './prepare.ts';

/** The probes after an attack: 25 images through one larger ball of 20 steps and 100 queries. */
const PROBED_IMAGES = 25;
const PROBE_STEPS_AN_IMAGE = 20 + 100 / 3;

export type ProtocolEstimate = {
  /** In the order of the states; 0 for what is finished. */
  seconds: number[];
  /** Perturbations that the evaluations keep, float32, within the limit of the settings. */
  diskBytes: number;
};

/**
 * About how long what is left takes on this machine, from single steps timed here, or from a timer that
 * is given.
 */
export async function estimateCells(
  app: App,
  prepared: PreparedProtocol,
  states: CellState[],
  given?: StepTimer,
): Promise<ProtocolEstimate> {
  const left = states.filter(({ state }) => state !== 'finished');
  const trained = (state: CellState) => classCount(app, prepared, state);
  if (left.length === 0) return { seconds: states.map(() => 0), diskBytes: 0 };
  const timer = given ?? createStepTimer(app, prepared.model, classCounts(app, prepared, left));
  const seconds: number[] = [];
  for (const [index, state] of states.entries()) {
    app.report({ stage: say('stage.time-steps'), done: index, total: states.length });
    seconds.push(state.state === 'finished' ? 0 : await cellSeconds(timer, state, trained(state)));
  }
  const attacked = left
    .flatMap(testsLeft)
    .filter(({ test }) => test.measure === 'robust')
    .reduce((sum, test) => sum + imagesLeft(test), 0);
  const bytes = attacked * 3 * prepared.model.report.imageSize ** 2 * 4;
  return { seconds, diskBytes: Math.min(bytes, perturbationLimit(app)) };
}

/** Every number of classes that what is left trains on or tests among. */
export function classCounts(app: App, prepared: PreparedProtocol, left: CellState[]): number[] {
  return left.flatMap((state) => [
    classCount(app, prepared, state),
    ...testsLeft(state).map(({ classes }) => classes),
  ]);
}

function classCount(app: App, { datasets }: PreparedProtocol, { cell }: CellState): number {
  const dataset = datasets.get(cell.config.dataset) as DatasetRow;
  return chooseClasses(app.db, dataset, cell.config.classes).labels.length;
}

async function cellSeconds(timer: StepTimer, state: CellState, classes: number): Promise<number> {
  const { config } = state.cell;
  let seconds = 0;
  if (METHODS[config.method].tuned && state.stepsLeft > 0) {
    seconds += state.stepsLeft * (await timer.trainingStep(config, classes));
  }
  for (const left of testsLeft(state)) {
    const images = imagesLeft(left);
    const probed = left.test.measure === 'robust' ? left.images : 0;
    const steps = attackSteps(left.test.attack, left.classes, images, probed);
    seconds += steps * (await timer.imageStep(config.method, left.classes));
  }
  return seconds;
}

function imagesLeft({ images, evaluation }: TestState): number {
  return images - (evaluation?.n ?? 0);
}

/**
 * Steps of one image, forward and back, that an evaluation of `images` takes at most.
 * @param probed attacked images that the probes after it choose from; 0 without an attack
 */
export function attackSteps(
  attack: EvaluationAttack,
  classes: number,
  images: number,
  probed: number,
): number {
  const probes = Math.min(PROBED_IMAGES, probed) * PROBE_STEPS_AN_IMAGE;
  return images * stepsAnImage(attack, classes) + probes;
}
