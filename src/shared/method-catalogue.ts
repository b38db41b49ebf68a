import { PIXEL_STEP } from './attack.ts';
import type { MethodName, RunConfig } from './run-config.ts';

type Settings = Omit<RunConfig, 'method' | 'dataset' | 'model' | 'shots' | 'seed'>;

/**
 * What every reader of a method needs to know: the form, the command line, the documents. Its
 * publications are in method-references.ts, its options in method-options.ts.
 */
export type MethodEntry = {
  name: MethodName;
  title: string;
  year: number;
  /** What is learned. */
  learner: string;
  /** The training objective in the paper's notation. */
  objective: string;
  /** Names of the loss terms in the order they are shown. */
  terms: string[];
  tuned: boolean;
  defaults: Settings;
};

/** Settings the published adversarial prompt tuning runs share (methods 1.5-1.7, A8). */
const shared: Settings = {
  classes: 'all',
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
  prompts: {
    contextLength: 2,
    depth: 9,
    template: 'as-published',
    coupling: 'image-to-text',
    classSpecific: false,
    classPosition: 'end',
    border: 30,
  },
  transform: 'squash',
  attack: {
    loss: 'ce',
    epsilon: PIXEL_STEP,
    stepSize: PIXEL_STEP,
    steps: 2,
    prompts: 'onfly',
    promptStepSize: 0.001,
  },
  loss: {
    natural: 1,
    alpha: 5,
    beta: 0.05,
    gamma: 0.03,
    lambda: 1.5,
    score: 'cosine',
    tokenNormalization: 'softmax',
    detachClean: false,
    detachWeights: false,
    forwardWeights: 'cosine',
    heads: 'joined',
    gradientWeights: true,
    refine: 0.08,
    constrain: 0.05,
  },
};

/** CoOp's settings, which APT keeps (methods 3.3); 16 shots are trained longest. */
const wordsOnly: Settings = {
  ...shared,
  epochs: 200,
  batchSize: 32,
  optimizer: { ...shared.optimizer, learningRate: 0.002 },
  prompts: { ...shared.prompts, contextLength: 16, depth: 1, template: 'clean' },
  transform: 'random-crop',
};

export const METHODS: Record<MethodName, MethodEntry> = {
  'zero-shot': {
    name: 'zero-shot',
    title: 'Zero-shot CLIP',
    year: 2021,
    learner: 'nothing: hand-written prompts',
    objective: 'none',
    terms: [],
    tuned: false,
    defaults: shared,
  },
  coop: {
    name: 'coop',
    title: 'CoOp',
    year: 2022,
    learner: '16 words of the text',
    objective: 'CE(clean)',
    terms: ['nat'],
    tuned: true,
    defaults: wordsOnly,
  },
  apt: {
    name: 'apt',
    title: 'APT',
    year: 2024,
    learner: '16 words of the text',
    objective: 'CE(adversarial)',
    terms: ['adv'],
    tuned: true,
    defaults: {
      ...wordsOnly,
      attack: { ...shared.attack, stepSize: (2 / 3) * PIXEL_STEP, steps: 3 },
    },
  },
  vpt: {
    name: 'vpt',
    title: 'Deep visual prompts',
    year: 2022,
    learner: 'two tokens a block of the image tower',
    objective: 'CE(clean)',
    terms: ['nat'],
    tuned: true,
    defaults: shared,
  },
  advvp: {
    name: 'advvp',
    title: 'AdvVP',
    year: 2023,
    learner: 'a border of pixels and five tokens of the image tower',
    objective: 'CE(adversarial)',
    terms: ['adv'],
    tuned: true,
    defaults: {
      ...shared,
      optimizer: { ...shared.optimizer, learningRate: 40, warmupEpochs: 0 },
      prompts: { ...shared.prompts, contextLength: 5, depth: 1 },
    },
  },
  advvlp: {
    name: 'advvlp',
    title: 'AdvVLP',
    year: 2024,
    learner: 'two tokens a block of each tower, uncoupled',
    objective: 'CE(adversarial)',
    terms: ['adv'],
    tuned: true,
    defaults: { ...shared, prompts: { ...shared.prompts, template: 'clean' } },
  },
  maple: {
    name: 'maple',
    title: 'MaPLe',
    year: 2023,
    learner: 'two tokens a block of the text tower, projected to the image tower',
    objective: 'CE(clean)',
    terms: ['nat'],
    tuned: true,
    defaults: {
      ...shared,
      epochs: 5,
      prompts: { ...shared.prompts, template: 'clean' },
      transform: 'random-crop',
    },
  },
  advmaple: {
    name: 'advmaple',
    title: 'AdvMaPLe',
    year: 2024,
    learner: 'two tokens a block of each tower, coupled',
    objective: 'CE(adversarial)',
    terms: ['adv'],
    tuned: true,
    defaults: shared,
  },
  fap: {
    name: 'fap',
    title: 'FAP',
    year: 2024,
    learner: 'two tokens a block of each tower, coupled',
    objective: 'CE(clean) + lambda mean[KL(clean || adversarial) (cos(v, v_adv) + 1)]',
    terms: ['nat', 'adv'],
    tuned: true,
    defaults: { ...shared, attack: { ...shared.attack, loss: 'kl' } },
  },
  'cba-fapt': {
    name: 'cba-fapt',
    title: 'CBA-FAPT',
    year: 2026,
    learner: 'two tokens a block of each tower, coupled',
    objective: 'CE(clean) + alpha CE(adversarial) + beta L_VAA + gamma L_TAA',
    terms: ['nat', 'adv', 'vaa', 'taa'],
    tuned: true,
    defaults: shared,
  },
  tecoa: {
    name: 'tecoa',
    title: 'TeCoA prompts',
    year: 2023,
    learner: 'a border of pixels and ten tokens of the image tower',
    objective: 'CE(adversarial)',
    terms: ['adv'],
    tuned: true,
    defaults: {
      ...shared,
      optimizer: { ...shared.optimizer, learningRate: 40, warmupEpochs: 0, weightDecay: 0 },
      prompts: { ...shared.prompts, contextLength: 10, depth: 1, template: 'tecoa' },
    },
  },
  tga: {
    name: 'tga',
    title: 'TGA prompts',
    year: 2024,
    learner: 'two tokens a block of each tower, coupled',
    objective:
      'CE(adversarial) + refine ||a(x_adv) - a_frozen(x)|| + constrain ||a(x) - a_frozen(x)||',
    terms: ['adv', 'refine', 'constrain'],
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
