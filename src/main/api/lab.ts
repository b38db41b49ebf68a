import type {
  EpsilonSweep,
  LabInput,
  LabTrajectory,
  NoiseBaseline,
  NoiseInput,
  SweepInput,
} from '../../shared/api/lab.ts';
import { describeAttack, type EvaluationAttack } from '../../shared/attack.ts';
import type { NoiseDraw } from '../../shared/engine-trace.ts';
import { FaptError } from '../../shared/errors.ts';
import { say } from '../../shared/sentence.ts';
import { adversaryOf } from '../explain/adversary.ts';
import { openImage } from '../explain/explained-image.ts';
import { ResultCache } from '../explain/result-cache.ts';
import { imageIdentity, imageSizeOf, type Subject, subjectOf } from '../explain/subject.ts';
import { tracedAttack, tracedNumbers } from '../explain/traced-attack.ts';
import { wilsonInterval } from '../statistics/wilson.ts';
import { getRun } from '../store/runs.ts';
import type { App } from './app.ts';
import { refuseLargeSize } from './create-run.ts';

type Opened = {
  subject: Subject;
  attack: EvaluationAttack;
  /** What every answer of the lab says of itself. */
  about: Pick<
    LabTrajectory,
    'run' | 'method' | 'image' | 'classNames' | 'attack' | 'protocol' | 'seed'
  >;
};

/** @throws FaptError `usage` without an attack */
export async function openLab(app: App, input: LabInput): Promise<Opened> {
  const run = getRun(app.db, input.run);
  const image = await openImage(app, run, input.image);
  const subject = await subjectOf(app, run, image, input.label);
  const { attack } = adversaryOf(app, subject, input.attack);
  if (attack.name === 'none') {
    throw new FaptError('usage', 'Without an attack there is nothing to look at: choose one.');
  }
  refuseLargeSize(attack.norm, attack.epsilon);
  return {
    ...{ subject, attack },
    about: {
      ...{ run: run.id, method: run.method, attack, protocol: describeAttack(attack) },
      classNames: subject.tuned.task.classNames,
      seed: subject.tuned.config.seed,
      image: await imageIdentity(subject, imageSizeOf(app, run)),
    },
  };
}

/**
 * Every step of an attack on one image; its images are kept for `explain`. The errors of all of
 * these are `explain`'s.
 */
export async function labTrajectory(app: App, input: LabInput): Promise<LabTrajectory> {
  const { subject, attack, about } = await openLab(app, input);
  const { trace, attackMs, cached } = await tracedAttack(app, subject, attack);
  const { clean, steps, kept, fooledAt, answer, warnings } = trace;
  return {
    ...{ ...about, clean, steps, kept, fooledAt, answer },
    warnings,
    timing: { cached, attackMs },
  };
}

/** The same attack at other sizes, its step in proportion, each from its own random start. */
export async function epsilonSweep(app: App, input: SweepInput): Promise<EpsilonSweep> {
  const { subject, attack, about } = await openLab(app, input);
  const sizes = [...new Set(input.epsilons)].sort((a, b) => a - b);
  for (const epsilon of sizes) refuseLargeSize(attack.norm, epsilon);
  const points: EpsilonSweep['points'] = [];
  for (const [index, epsilon] of sizes.entries()) {
    const stepSize = stepFor(attack, epsilon);
    const part = partOf(app, say('stage.sweep'), index, sizes.length);
    const trace = await tracedNumbers(part, subject, { ...attack, epsilon, stepSize });
    const { step: _, ...answer } = trace.answer;
    points.push({ epsilon, stepSize, fooledAt: trace.fooledAt, ...answer });
  }
  const smallest = points.find(({ fooled }) => fooled);
  return { ...about, starts: 'independent', points, smallestFooling: smallest?.epsilon ?? null };
}

/** In the contract's words: the step keeps its share of the size; of a size of 0 it has none. */
function stepFor(attack: EvaluationAttack, epsilon: number): number {
  return attack.epsilon > 0 ? (attack.stepSize * epsilon) / attack.epsilon : epsilon;
}

/** Progress of one of several parts. */
export function partOf(app: App, stage: string, index: number, parts: number): App {
  return {
    ...app,
    report: ({ done, total }) =>
      app.report({ stage, done: index + (total > 0 ? done / total : 0), total: parts }),
  };
}

/** What uniform noise of the attack's size does, draw by draw. */
export async function noiseBaseline(app: App, input: NoiseInput): Promise<NoiseBaseline> {
  const { subject, attack, about } = await openLab(app, input);
  const { tuned, example, image, key } = subject;
  const { norm, epsilon, frame } = attack;
  const size = { norm, epsilon, frame };
  const name = ResultCache.key('noise', key, image.sha256, example, size, input.draws);
  const { value: draws } = await new ResultCache(app.workspace).remember(name, async () => {
    const found: NoiseDraw[] = [];
    const job = { tuned, example, attack, draws: input.draws };
    for await (const event of app.engine().noise(job, app.signal)) {
      if (event.type !== 'draws') continue;
      found.push(...event.draws);
      app.report({ stage: say('stage.noise'), done: event.done, total: event.total });
    }
    if (found.length === input.draws) return found;
    throw new FaptError('stopped', 'Stopped before all noise was drawn.');
  });
  const fooled = draws.filter((draw) => draw.fooled).length;
  return { ...about, draws, fooled, ci: wilsonInterval(fooled, draws.length) };
}
