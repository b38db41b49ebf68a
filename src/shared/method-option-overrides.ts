import { PIXEL_STEP } from './attack.ts';
import type { OptionPath, Sourced } from './method-options.ts';
import type { MethodName } from './run-config.ts';

type Differences = Partial<Record<OptionPath, Partial<Sourced>>>;

/** Silent where a paper that does not run the method cannot state its settings. */
const untold = (paths: readonly OptionPath[]): Differences =>
  Object.fromEntries(paths.map((path) => [path, { paper: null }]));

const SETUP: readonly OptionPath[] = [
  'dataset',
  'model',
  'shots',
  'classes',
  'epochs',
  'optimizer.learningRate',
  'optimizer.momentum',
  'optimizer.warmupEpochs',
  'prompts.contextLength',
  'prompts.depth',
  'prompts.coupling',
  'attack.epsilon',
  'attack.stepSize',
  'attack.steps',
];

/** `first`, with the fields of each path of `second` over it. */
function over(first: Differences, second: Differences): Differences {
  const merged: Differences = { ...first };
  for (const path of Object.keys(second) as OptionPath[]) {
    merged[path] = { ...first[path], ...second[path] };
  }
  return merged;
}

const NO_TRAINING_ATTACK: Partial<Sourced> = {
  code: null,
  reason: 'Nothing is attacked while training; an evaluation takes its size from here.',
};

const HAND_PROMPT: Partial<Sourced> = {
  reason: "No words are learned, so both mean the dataset's hand prompt; TeCoA's can be chosen.",
};

/** CoOp's settings, which the code of APT keeps. */
const wordsOnly = over(untold(SETUP), {
  epochs: { code: 200, reason: 'For 8 and 16 shots; 100 for 2 and 4, 50 for 1 and for ImageNet.' },
  batchSize: { code: 32, reason: "The code's value." },
  'optimizer.learningRate': { code: 0.002 },
  'prompts.contextLength': {
    code: 16,
    reason: 'One context at the head of the text; more than four words start at random.',
  },
  'prompts.template': {
    code: null,
    reason: 'Only a context of up to four words starts from its words.',
  },
  transform: {
    code: 'random-crop',
    reason: 'Cropped at random and mirrored; test images are cropped at the centre.',
  },
});

/** How each method differs from the shared rows. */
export const OVERRIDES: Partial<Record<MethodName, Differences>> = {
  'zero-shot': {
    seed: { reason: 'Decides the random start of an attack alone.' },
    'prompts.template': HAND_PROMPT,
    'attack.epsilon': {
      paper: null,
      reason: 'Nothing is trained; an evaluation takes its size from here.',
    },
  },
  coop: over(wordsOnly, {
    model: { code: null },
    seed: { code: '1, 2, 3' },
    'attack.epsilon': NO_TRAINING_ATTACK,
  }),
  apt: over(wordsOnly, {
    model: {
      paper: 'CLIP ViT-B/32',
      code: 'ViT-B/32 fine-tuned by TeCoA',
      reason:
        'Its code tunes words of an image encoder that is robust already; plain weights compare with the others.',
    },
    'attack.epsilon': {
      code: PIXEL_STEP,
      reason: 'Published runs use 1/255 and 4/255; the paper gives APT no row in its tables.',
    },
    'attack.stepSize': { code: (2 / 3) * PIXEL_STEP, reason: 'Two thirds of the radius.' },
    'attack.steps': { code: 3 },
  }),
  vpt: over(untold(SETUP), {
    ...codeUnread(),
    'prompts.template': { ...HAND_PROMPT, code: null },
    'attack.epsilon': NO_TRAINING_ATTACK,
  }),
  advvp: {
    seed: { code: '1, 2, 3' },
    epochs: { reason: 'The cross-dataset protocol trains 5 epochs at rate 30.' },
    'optimizer.learningRate': {
      paper: null,
      code: 40,
      reason:
        "The paper's 0.0035 names no exception; the code's rate is taken, which is TeCoA's own too.",
    },
    'optimizer.weightDecay': {
      reason:
        'With a rate of 40 it shrinks the prompt by 2 % a step; 0, as in TeCoA, is the other choice.',
    },
    'optimizer.warmupEpochs': {
      paper: null,
      code: 0,
      reason: 'The cosine starts with the first epoch.',
    },
    'optimizer.warmupLearningRate': { code: null, reason: 'Read where there is a warm-up.' },
    'prompts.contextLength': {
      paper: null,
      code: 5,
      reason: 'Tokens behind the patches of the first block, beside the border.',
    },
    'prompts.template': HAND_PROMPT,
  },
  advvlp: {
    'prompts.template': {
      code: 'clean',
      reason: 'The one learner of the code that reads "a photo of a" on every dataset.',
    },
  },
  maple: over(untold(SETUP), {
    model: { code: 'CLIP ViT-B/16', reason: 'Published on ViT-B/16; any CLIP of the workspace.' },
    epochs: { code: 5, reason: 'Published for base-to-new; its cross-dataset runs train 2.' },
    'optimizer.learningRate': { reason: 'Its cross-dataset runs use 0.0026.' },
    'prompts.depth': { reason: 'Its cross-dataset runs use 3 blocks.' },
    'prompts.template': { code: 'clean', reason: 'The context starts from "a photo of a".' },
    transform: {
      code: 'random-crop',
      reason: 'Cropped at random and mirrored; test images are cropped at the centre.',
    },
    'attack.epsilon': NO_TRAINING_ATTACK,
  }),
  advmaple: {
    'prompts.coupling': {
      paper: null,
      reason:
        "The code's variant projects image prompts to the text, against MaPLe's own direction, which is the other choice.",
    },
  },
  fap: {
    'attack.loss': {
      code: 'kl',
      reason: 'KL from the clean to the attacked prediction; no labels are read.',
    },
    'prompts.coupling': {
      paper: null,
      reason: 'Only the first prompt is projected from the text.',
    },
    'loss.natural': { paper: null, code: 1, reason: '0 leaves the term out.' },
  },
  'cba-fapt': {
    'attack.loss': {
      code: 'kl',
      reason: 'Eq. 3 attacks a loss of the label, which the KL of FAP does not read.',
    },
  },
  tecoa: over(untold(SETUP), {
    dataset: { code: 'ImageNet', reason: 'Published on all of ImageNet; here on few shots.' },
    shots: { code: 'all images', reason: 'Published on whole training sets; here on few shots.' },
    seed: { code: 0, reason: '0 is refused here; 1, 2 and 3 are the usual three.' },
    batchSize: { code: 256, reason: 'Four, since a few-shot set would give one step an epoch.' },
    dropLast: { code: false, reason: "As in the comparison's other methods." },
    'optimizer.learningRate': { code: 40, reason: 'The cosine falls once an epoch, not a step.' },
    'optimizer.weightDecay': { code: 0, reason: "TeCoA's own; AdvVP takes 5e-4." },
    'optimizer.warmupEpochs': {
      code: null,
      reason: 'The code ramps up over 1000 steps, more than a few-shot run has.',
    },
    'optimizer.warmupLearningRate': { code: null, reason: 'Read where there is a warm-up.' },
    'prompts.contextLength': {
      code: 10,
      reason: "The code's default; the published command takes 100.",
    },
    'prompts.template': {
      code: 'tecoa',
      reason: '"This is a photo of a ..." with plain lower-case names, on every dataset.',
    },
    transform: {
      code: null,
      reason: 'The code crops at the centre after a resize to 256; here as in AdvVP.',
    },
  }),
  tga: over(untold(SETUP), {
    dataset: {
      code: 'TinyImageNet',
      reason: 'Published on all of TinyImageNet; here on few shots.',
    },
    shots: { code: 'all images', reason: 'Published on whole training sets; here on few shots.' },
    batchSize: { code: 128, reason: "Four, as in the comparison's other methods." },
    dropLast: { code: null, reason: "As in the comparison's other methods." },
    'optimizer.learningRate': {
      code: 1e-4,
      reason: "The code's rate is for encoder weights; prompts take FAP's.",
    },
    'optimizer.weightDecay': { code: 0, reason: "FAP's, with FAP's prompts." },
    'optimizer.warmupEpochs': {
      code: null,
      reason: 'The code ramps up over 1000 steps, more than a few-shot run has.',
    },
    'optimizer.warmupLearningRate': { code: null },
    'prompts.contextLength': { code: null, reason: "TGA learns no prompts; these are FAP's." },
    'prompts.depth': { code: null, reason: "TGA learns no prompts; these are FAP's." },
    'prompts.coupling': { code: null, reason: "TGA learns no prompts; these are FAP's." },
    'prompts.template': {
      code: 'tecoa',
      reason: "FAP's text for the learned prompts; the untuned model reads the hand prompts.",
    },
    transform: {
      code: null,
      reason: 'The code crops at the centre after a resize to 256; here as in FAP.',
    },
  }),
};

/** VPT stands here for the image half of the prompts, with the settings of the compared methods. */
function codeUnread(): Differences {
  const reason = 'As in the compared methods, of whose prompts this is the image half.';
  const paths = [
    'dataset',
    'model',
    'shots',
    'classes',
    'epochs',
    'batchSize',
    'dropLast',
    'optimizer.learningRate',
    'optimizer.momentum',
    'optimizer.weightDecay',
    'optimizer.warmupEpochs',
    'optimizer.warmupLearningRate',
    'prompts.contextLength',
    'prompts.depth',
    'transform',
  ] as const satisfies OptionPath[];
  return Object.fromEntries(paths.map((path) => [path, { paper: null, code: null, reason }]));
}
