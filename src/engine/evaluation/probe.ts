import type { EvaluationAttack } from '../../shared/attack.ts';
import type { Example, ProbeEvent, ProbeJob } from '../../shared/engine-contract.ts';
import { requireKnownLabels } from '../training/tuned-clip.ts';
import { attackImages } from './attack-images.ts';
import { type OpenClassifier, openClassifier } from './open-classifier.ts';

/** Each larger ball is tried on the images that the one before left right. */
const GROWTH = [2, 4, 8, 16, 32];
const SWEEP_STEPS = 20;
const QUERIES = 100;
const BATCH_SIZE = 25;

/**
 * Two probes of an attack: whether a growing ball takes every image (a gradient that is hidden would
 * leave some), and what Square, which reads no gradient, makes of a sample at the same size. Fooled
 * images leave at once, so that both are cheap beside the attack itself.
 *
 * @param signal raised to stop at the next attack step
 */
export async function* probe(job: ProbeJob, signal: AbortSignal): AsyncGenerator<ProbeEvent> {
  requireKnownLabels([...job.survivors, ...job.sample], job.tuned.task);
  const classifier = await openClassifier(job.tuned);
  const prober = new Prober(classifier, job, signal);
  try {
    const sweep = yield* prober.sweep();
    const blackBox = sweep && (yield* prober.blackBox());
    if (!sweep || !blackBox) {
      yield { type: 'end', status: 'stopped' };
      return;
    }
    yield { type: 'probe', probe: { sweep, blackBox: { queries: QUERIES, right: blackBox } } };
    yield { type: 'end', status: 'finished' };
  } finally {
    classifier.close();
  }
}

type SweepPoint = { epsilon: number; right: number; n: number };

class Prober {
  readonly #classifier: OpenClassifier;
  readonly #job: ProbeJob;
  readonly #signal: AbortSignal;

  constructor(classifier: OpenClassifier, job: ProbeJob, signal: AbortSignal) {
    this.#classifier = classifier;
    this.#job = job;
    this.#signal = signal;
  }

  /** Null where a stop was asked for. */
  async *sweep(): AsyncGenerator<ProbeEvent, SweepPoint[] | null> {
    const { attack, survivors } = this.#job;
    const points: SweepPoint[] = [];
    let left = survivors;
    for (const [index, factor] of GROWTH.entries()) {
      if (left.length === 0) break;
      const epsilon =
        attack.norm === 'linf' ? Math.min(1, attack.epsilon * factor) : attack.epsilon * factor;
      const wider: EvaluationAttack = {
        ...attack,
        name: 'pgd',
        loss: 'ce',
        epsilon,
        stepSize: epsilon / 4,
        steps: SWEEP_STEPS,
        restarts: 1,
        randomStart: true,
        stopWhenFooled: true,
      };
      const right = yield* this.#survivors(left, wider, index / (GROWTH.length + 1));
      if (!right) return null;
      left = left.filter((_, place) => right[place]);
      points.push({ epsilon, right: left.length, n: survivors.length });
    }
    return points;
  }

  async *blackBox(): AsyncGenerator<ProbeEvent, boolean[] | null> {
    const { attack, sample } = this.#job;
    const queries = { name: 'square', steps: QUERIES, restarts: 1, stopWhenFooled: true } as const;
    return yield* this.#survivors(sample, { ...attack, ...queries }, 5 / 6);
  }

  /** Whether each image is still right under an attack; null where a stop was asked for. */
  async *#survivors(
    examples: Example[],
    attack: EvaluationAttack,
    before: number,
  ): AsyncGenerator<ProbeEvent, boolean[] | null> {
    const right: boolean[] = [];
    for (let begin = 0; begin < examples.length; begin += BATCH_SIZE) {
      const batch = examples.slice(begin, begin + BATCH_SIZE);
      const { model, textFeatures, loader } = this.#classifier;
      const patches = await loader.patches(batch);
      try {
        const subject = { model, textFeatures, patches, examples: batch };
        for await (const { share, result } of attackImages(
          subject,
          attack,
          this.#job.tuned.config.seed,
        )) {
          if (result) {
            right.push(...result.images.map(({ predicted }, i) => predicted === batch[i]?.label));
            result.perturbation.dispose();
          }
          if (this.#signal.aborted) return null;
          if (result) continue;
          const part = (begin + share * batch.length) / examples.length;
          yield { type: 'progress', done: before + part / 6, total: 1 };
        }
      } finally {
        patches.dispose();
      }
    }
    return right;
  }
}
