import { PIXEL_STEP } from './attack.ts';
import type { OptionDepth, OptionPath, OptionUnit, Sourced } from './method-options.ts';
import { METHOD_NAMES, type MethodName } from './run-config.ts';

export type OptionRow = Sourced & {
  label: string;
  unit?: OptionUnit;
  depth: OptionDepth;
  /** The methods that it concerns; absent for all. */
  concerns?: readonly MethodName[];
};

/** Which methods an option can concern. A test holds these to what the engine does. */
export const TUNED = METHOD_NAMES.filter((name) => name !== 'zero-shot');
export const WORDS_ONLY = ['coop', 'apt'] as const satisfies MethodName[];
export const FRAMED = ['advvp', 'tecoa'] as const satisfies MethodName[];
export const COUPLED = ['advmaple', 'fap', 'cba-fapt', 'tga'] as const satisfies MethodName[];
export const IN_BLOCKS = ['vpt', 'advvlp', 'maple', ...COUPLED] as const satisfies MethodName[];
export const ATTACKED = ['apt', 'advvlp', ...FRAMED, ...COUPLED] as const satisfies MethodName[];
const CBA_FAPT = ['cba-fapt'] as const satisfies MethodName[];
const TGA = ['tga'] as const satisfies MethodName[];

/**
 * Every option with what the paper states and what the code of FAP does for the systems that both
 * compare (AdvVLP, AdvMaPLe, FAP, CBA-FAPT); the others differ by their overrides.
 */
export const OPTION_ROWS: Record<OptionPath, OptionRow> = {
  dataset: {
    label: 'Dataset',
    depth: 'basic',
    paper: '11 datasets',
    code: '11 datasets',
    reason: 'Any dataset of the workspace; the eleven are read from their published split files.',
  },
  model: {
    label: 'CLIP model',
    depth: 'basic',
    paper: 'CLIP ViT-B/32',
    code: 'CLIP ViT-B/32',
    reason: 'Any CLIP vision transformer of the workspace.',
  },
  shots: {
    label: 'Shots',
    unit: 'images a class',
    depth: 'basic',
    concerns: TUNED,
    paper: 16,
    code: 16,
    reason: 'Few-shot curves use 1, 2, 4, 8 and 16; base-to-new and cross-dataset use 16.',
  },
  classes: {
    label: 'Classes',
    depth: 'basic',
    paper: 'all',
    code: 'all',
    reason: 'Base-to-new trains on the first half of the classes, rounded up.',
  },
  seed: {
    label: 'Seed',
    depth: 'basic',
    paper: null,
    code: null,
    reason:
      'The paper averages three unnamed seeds, here 1, 2 and 3; 0 is refused, since published code takes it as unseeded.',
  },
  epochs: {
    label: 'Epochs',
    depth: 'basic',
    concerns: TUNED,
    paper: 10,
    code: 10,
    reason: 'The cross-dataset protocol trains 5.',
  },
  batchSize: {
    label: 'Batch size',
    unit: 'images',
    depth: 'basic',
    concerns: TUNED,
    paper: null,
    code: 4,
    reason: "The code's value, since the paper names none.",
  },
  dropLast: {
    label: 'Drop the last incomplete batch',
    depth: 'expert',
    concerns: TUNED,
    paper: null,
    code: true,
    reason: 'As published; the skipped images are counted, and off uses all.',
  },
  'optimizer.learningRate': {
    label: 'Learning rate',
    depth: 'basic',
    concerns: TUNED,
    paper: 0.0035,
    code: 0.0035,
    reason: 'Falls along a cosine of the whole number of epochs, which starts after the warm-up.',
  },
  'optimizer.momentum': {
    label: 'Momentum',
    depth: 'expert',
    concerns: TUNED,
    paper: 0.9,
    code: 0.9,
    reason: 'Plain SGD: no Nesterov step, no dampening.',
  },
  'optimizer.weightDecay': {
    label: 'Weight decay',
    depth: 'expert',
    concerns: TUNED,
    paper: null,
    code: 5e-4,
    reason: 'A default of the training library behind the code, in none of its settings files.',
  },
  'optimizer.warmupEpochs': {
    label: 'Warm-up',
    unit: 'epochs',
    depth: 'expert',
    concerns: TUNED,
    paper: 1,
    code: 1,
    reason: 'The warm-up runs at one constant rate; it is no ramp.',
  },
  'optimizer.warmupLearningRate': {
    label: 'Warm-up learning rate',
    depth: 'expert',
    concerns: TUNED,
    paper: null,
    code: 1e-5,
    reason: "The code's value, since the paper names none.",
  },
  'prompts.contextLength': {
    label: 'Prompt length',
    unit: 'tokens',
    depth: 'basic',
    concerns: TUNED,
    paper: 2,
    code: 2,
    reason: 'Learned tokens in each block that has a prompt.',
  },
  'prompts.depth': {
    label: 'Prompt depth',
    unit: 'blocks',
    depth: 'basic',
    concerns: IN_BLOCKS,
    paper: 9,
    code: 9,
    reason: 'Counted from the first block; a smaller tower takes as many as it has, and says so.',
  },
  'prompts.template': {
    label: 'Text template',
    depth: 'expert',
    paper: null,
    code: 'as-published',
    reason:
      'Published code leaves a literal {} in the prefix of a learned prompt; kept so that numbers compare.',
  },
  'prompts.coupling': {
    label: 'Coupling of the towers',
    depth: 'expert',
    concerns: COUPLED,
    paper: 'image-to-text',
    code: 'image-to-text',
    reason:
      'The paper projects every text prompt from the image prompt; the code does the first the other way, and is followed.',
  },
  'prompts.classSpecific': {
    label: 'A context for each class',
    depth: 'expert',
    concerns: WORDS_ONLY,
    paper: null,
    code: false,
    reason: 'Contexts of single classes cannot move to other classes.',
  },
  'prompts.classPosition': {
    label: 'Place of the class name',
    depth: 'expert',
    concerns: WORDS_ONLY,
    paper: null,
    code: 'end',
    reason: 'Behind the learned words, in their middle or before them.',
  },
  'prompts.border': {
    label: 'Border width',
    unit: 'pixels of 224',
    depth: 'basic',
    concerns: FRAMED,
    paper: null,
    code: 30,
    reason: 'Scaled where the model takes images of another size.',
  },
  transform: {
    label: 'Training images',
    depth: 'expert',
    concerns: TUNED,
    paper: null,
    code: 'squash',
    reason: 'Resized to the square without crop or mirror; test images are cropped at the centre.',
  },
  'attack.loss': {
    label: 'Loss of the training attack',
    depth: 'expert',
    concerns: ATTACKED,
    paper: null,
    code: 'ce',
    reason: 'Cross-entropy with the true class.',
  },
  'attack.epsilon': {
    label: 'Attack size',
    unit: '1/255',
    depth: 'basic',
    paper: PIXEL_STEP,
    code: PIXEL_STEP,
    reason: 'Radius of the l-inf ball; an evaluation takes it too, unless it is given another.',
  },
  'attack.stepSize': {
    label: 'Step of the training attack',
    unit: '1/255',
    depth: 'basic',
    concerns: ATTACKED,
    paper: PIXEL_STEP,
    code: PIXEL_STEP,
    reason: 'As long as the radius, so that one step can cross half the ball.',
  },
  'attack.steps': {
    label: 'Steps of the training attack',
    depth: 'basic',
    concerns: ATTACKED,
    paper: 2,
    code: 2,
    reason: 'From a random start; the last iterate is trained on.',
  },
  'attack.prompts': {
    label: 'Prompts under the training attack',
    depth: 'expert',
    concerns: ['apt'],
    paper: null,
    code: 'onfly',
    reason: 'The context as it stands, a fixed hand prompt, or a context that climbs the loss too.',
  },
  'attack.promptStepSize': {
    label: 'Step of climbing prompts',
    depth: 'expert',
    concerns: ['apt'],
    paper: null,
    code: null,
    reason: 'Read for perturbed prompts alone; the code has no default, so ours is a small step.',
  },
  'loss.natural': {
    label: 'Weight of CE(clean)',
    depth: 'loss',
    concerns: ['fap', 'cba-fapt'],
    paper: 1,
    code: null,
    reason: 'Eq. 11 gives it no factor; 0 leaves the term out.',
  },
  'loss.alpha': {
    label: 'alpha: weight of CE(adversarial)',
    depth: 'loss',
    concerns: CBA_FAPT,
    paper: 5,
    code: null,
    reason: 'Plain cross-entropy on the attacked image, as the paper says below eq. 11.',
  },
  'loss.beta': {
    label: 'beta: weight of L_VAA',
    depth: 'loss',
    concerns: CBA_FAPT,
    paper: 0.05,
    code: null,
    reason: 'Eq. 9, the distance itself, not its square; 0 leaves the term out.',
  },
  'loss.gamma': {
    label: 'gamma: weight of L_TAA',
    depth: 'loss',
    concerns: CBA_FAPT,
    paper: 0.03,
    code: null,
    reason: 'Eq. 10, KL(clean, adversarial) of the word maps; 0 leaves the term out.',
  },
  'loss.lambda': {
    label: 'lambda: weight of KL (cos + 1)',
    depth: 'loss',
    concerns: ['fap'],
    paper: null,
    code: 1.5,
    reason: "The scripts' value; the settings file says 1.0 beside a loss that FAP refuses.",
  },
  'loss.score': {
    label: 'Score S that the maps explain',
    depth: 'expert',
    concerns: CBA_FAPT,
    paper: 'cosine',
    code: null,
    reason: 'Eq. 1; the logit makes both maps about a hundred times larger against beta and gamma.',
  },
  'loss.tokenNormalization': {
    label: 'Word map as a distribution',
    depth: 'expert',
    concerns: CBA_FAPT,
    paper: null,
    code: null,
    reason:
      "Softmax in units of the clean map's spread, since a plain one of such small values is flat; or magnitudes over their sum.",
  },
  'loss.detachClean': {
    label: 'Clean map as a constant',
    depth: 'expert',
    concerns: CBA_FAPT,
    paper: null,
    code: false,
    reason: 'Nothing is detached in the code of FAP either.',
  },
  'loss.detachWeights': {
    label: 'Gradient weights as constants',
    depth: 'expert',
    concerns: CBA_FAPT,
    paper: null,
    code: null,
    reason: 'The weights stay differentiable, since eq. 7 names no stop.',
  },
  'loss.forwardWeights': {
    label: 'Forward weights',
    depth: 'expert',
    concerns: CBA_FAPT,
    paper: 'cosine',
    code: null,
    reason: 'Eq. 6, against the softmax of eq. 5 that the paper finds too sparse.',
  },
  'loss.heads': {
    label: 'Forward weights over',
    depth: 'expert',
    concerns: CBA_FAPT,
    paper: null,
    code: null,
    reason: 'All heads joined, as Grad-ECLIP does, or a head at a time.',
  },
  'loss.gradientWeights': {
    label: 'Backward weights',
    depth: 'expert',
    concerns: CBA_FAPT,
    paper: true,
    code: null,
    reason: 'Eq. 8; off leaves the forward weights alone as the map.',
  },
  'loss.refine': {
    label: 'Weight of the attacked map',
    depth: 'loss',
    concerns: TGA,
    paper: null,
    code: 0.08,
    reason: "The attacked image's map against the untuned model's map of the clean image.",
  },
  'loss.constrain': {
    label: 'Weight of the clean map',
    depth: 'loss',
    concerns: TGA,
    paper: null,
    code: 0.05,
    reason: "The clean image's map against the untuned model's.",
  },
};
