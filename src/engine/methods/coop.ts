import { naturalTerm } from './cross-entropy.ts';
import type { Method } from './method.ts';

/** CoOp (Zhou et al. 2022; methods 3.3): learned words, L = mean CE(clean). */
export const coop: Method = {
  prompts: 'text',
  views: 'clean',
  terms: (context) => [naturalTerm(context)],
};
