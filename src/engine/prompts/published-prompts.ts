import { basename } from 'node:path';
import { FaptError } from '../../shared/errors.ts';
import { openTensorFile } from '../clip/open-tensor-file.ts';
import type { TensorFile } from '../clip/tensor-file.ts';
import type { InitialValues } from './learner.ts';
import type { LearnerName } from './learners.ts';

/** How a published checkpoint names a tensor (the end of its name), and how we do. */
type Rule = [RegExp, (index: number) => string];

/** Deep prompts are counted from 0 there, and by their block, from 1, here. */
const words: Rule = [/^(?:prompt_learner\.)?ctx$/, () => 'text.0'];
const shallow: Rule[] = ['weight', 'bias'].map((part) => [
  new RegExp(`^prompt_learner\\.proj\\.${part}$`),
  () => `project.0.${part}`,
]);
const deepLinears: Rule[] = ['weight', 'bias'].map((part) => [
  new RegExp(`^prompt_learner\\.compound_prompt_projections\\.(\\d+)\\.${part}$`),
  (index) => `project.${index + 1}.${part}`,
]);
const inTower = (tower: string, ours: string): Rule => [
  new RegExp(`^${tower}_encoder\\.transformer\\.resblocks\\.(\\d+)\\.VPT_shallow$`),
  (index) => `${ours}.${index}`,
];
const visual: Rule[] = [[/^image_encoder\.VPT$/, () => 'visual.0'], inTower('image', 'visual')];
const sides: Rule[] = ['up', 'down', 'left', 'right'].map((side) => [
  new RegExp(`^pad_${side}$`),
  () => `frame.${side}`,
]);

/**
 * Names of the authors' own checkpoints: CoOp and APT; MaPLe; FAP's repository for FAP, AdvMaPLe,
 * AdvVLP (ADVIVLP) and AdvVP (zsrobust); VPT of PromptSRC's.
 */
const RULES: Record<LearnerName, Rule[]> = {
  none: [],
  text: [words],
  visual,
  frame: [...sides, [/^(?:add_prompter\.)?prompt$/, () => 'visual.0']],
  independent: [words, inTower('text', 'text'), ...visual],
  maple: [
    words,
    ...shallow,
    ...deepLinears,
    [/^prompt_learner\.compound_prompts_text\.(\d+)$/, (index) => `text.${index + 1}`],
  ],
  coupled: [
    words,
    ...shallow,
    ...deepLinears,
    [/^prompt_learner\.compound_prompts_image\.(\d+)$/, (index) => `visual.${index + 1}`],
  ],
};

export type PublishedPrompts = {
  values: InitialValues;
  /** Epochs it was trained for, where the file tells. */
  epochs: number | null;
};

/**
 * The learned tensors of a published checkpoint under our names, without running any of its code.
 *
 * @throws FaptError `prompts-foreign` where it holds none of this learner's, `tensor-not-finite`, and those
 * of `openTensorFile`
 */
export async function readPublishedPrompts(
  path: string,
  learner: LearnerName,
): Promise<PublishedPrompts> {
  const file = await openTensorFile(path);
  try {
    const values: InitialValues = {};
    for (const name of file.entries.keys()) {
      const ours = ourName(name, learner);
      if (ours) values[ours] = await readPrompt(file, name);
    }
    if (Object.keys(values).length === 0) throw foreign(file);
    const epochs = Number(file.metadata.epoch);
    return { values, epochs: Number.isInteger(epochs) && epochs > 0 ? epochs : null };
  } finally {
    await file.close();
  }
}

function ourName(name: string, learner: LearnerName): string | null {
  // Models on several graphics cards are saved inside a "module".
  const own = name.replace(/^state_dict\./, '').replace(/(^|\.)module\./, '$1');
  for (const [pattern, ours] of RULES[learner]) {
    const match = pattern.exec(own);
    if (match) return ours(Number(match[1] ?? 0));
  }
  return null;
}

async function readPrompt(file: TensorFile, name: string) {
  const { shape } = file.entries.get(name) as { shape: number[] };
  const values = await file.read(name);
  if (!values.every(Number.isFinite)) {
    throw new FaptError(
      'tensor-not-finite',
      `${basename(file.path)}: "${name}" holds values that are infinite or not numbers; the training it comes from failed.`,
    );
  }
  // Tokens of AdvVP carry an axis for the batch; its borders keep theirs.
  const isTokens = name.endsWith('prompt') && shape.length === 3 && shape[0] === 1;
  return { shape: isTokens ? shape.slice(1) : shape, values };
}

function foreign(file: TensorFile): FaptError {
  const some = [...file.entries.keys()].slice(0, 4).join(', ');
  return new FaptError(
    'prompts-foreign',
    `${basename(file.path)} holds no prompts of this method (it has ${some || 'no tensors'}): choose the method that it was trained with.`,
  );
}
