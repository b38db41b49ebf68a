import { ATTACK_SENTENCES } from './attack.ts';
import { COMPARE_SENTENCES } from './compare.ts';
import { DATASET_SENTENCES } from './datasets.ts';
import { TRAINING_SENTENCES } from './training.ts';
import { WORK_SENTENCES } from './work.ts';

/**
 * What the application says, by code, with what is filled in between braces. English stands here, since
 * its log and its command line speak it too; the window has the same in its other languages.
 */
export const ENGLISH = {
  ...ATTACK_SENTENCES,
  ...COMPARE_SENTENCES,
  ...DATASET_SENTENCES,
  ...TRAINING_SENTENCES,
  ...WORK_SENTENCES,
} as const;
