import { PIXEL_STEP } from './attack.ts';
import type { MethodName, RunConfig } from './run-config.ts';

/** What every reader of a method needs to know: the form, the command line, the documents. */
export type MethodEntry = {
  name: MethodName;
  title: string;
  year: number;
  citation: string;
  /** The training objective in the paper's notation. */
  objective: string;
  tuned: boolean;
  defaults: Omit<RunConfig, 'method' | 'dataset' | 'model' | 'shots' | 'seed'>;
};

/** Settings the published adversarial prompt tuning runs share (methods 1.5-1.7, A8). */
const shared: MethodEntry['defaults'] = {
  epochs: 10,
  batchSize: 4,
  dropLast: true,
  optimizer: {
    learningRate: 0.0035,
    momentum: 0.9,
    weightDecay: 5e-4,
    warmupEpochs: 1,
    warmupLearningRate: 1e-5,
  },
  prompts: { contextLength: 2, depth: 9, template: 'as-published' },
  attack: { loss: 'ce', epsilon: PIXEL_STEP, stepSize: PIXEL_STEP, steps: 2 },
  loss: {
    alpha: 5,
    beta: 0.05,
    gamma: 0.03,
    lambda: 1.5,
    score: 'cosine',
    tokenNormalization: 'softmax',
    detachClean: false,
    detachWeights: false,
  },
};

export const METHODS: Record<MethodName, MethodEntry> = {
  'zero-shot': {
    name: 'zero-shot',
    title: 'Zero-shot CLIP',
    year: 2021,
    citation: 'Radford et al. 2021',
    objective: 'none: hand-written prompts, nothing is tuned',
    tuned: false,
    defaults: shared,
  },
  advmaple: {
    name: 'advmaple',
    title: 'AdvMaPLe',
    year: 2024,
    citation: 'Khattak et al. 2023, adversarial variant of Zhou et al. 2024',
    objective: 'CE(adversarial)',
    tuned: true,
    defaults: shared,
  },
  fap: {
    name: 'fap',
    title: 'FAP',
    year: 2024,
    citation: 'Zhou et al. 2024',
    objective: 'CE(clean) + lambda mean[KL(clean || adversarial) (cos(v, v_adv) + 1)]',
    tuned: true,
    defaults: { ...shared, attack: { ...shared.attack, loss: 'kl' } },
  },
  'cba-fapt': {
    name: 'cba-fapt',
    title: 'CBA-FAPT',
    year: 2026,
    citation: 'Feng et al. 2026, eq. 11',
    objective: 'CE(clean) + alpha CE(adversarial) + beta L_VAA + gamma L_TAA',
    tuned: true,
    defaults: shared,
  },
};

/** A complete config from a method's defaults. */
export function defaultConfig(
  identity: Pick<RunConfig, 'method' | 'dataset' | 'model' | 'shots' | 'seed'>,
): RunConfig {
  return { ...identity, ...structuredClone(METHODS[identity.method].defaults) };
}
