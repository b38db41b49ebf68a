import { ATTACK_SENTENCES } from './attack.ts';
import { COMPARE_SENTENCES } from './compare.ts';

/**
 * What the application says, by code, with what is filled in between braces. English stands here, since
 * its log and its command line speak it too; the window has the same in its other languages.
 */
export const ENGLISH = {
  ...ATTACK_SENTENCES,
  ...COMPARE_SENTENCES,
} as const;
