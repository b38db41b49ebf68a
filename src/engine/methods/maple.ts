import { naturalTerm } from './cross-entropy.ts';
import type { Method } from './method.ts';

/** MaPLe (Khattak et al. 2023; methods 3.6): text prompts projected to the image tower, L = mean CE(clean). */
export const maple: Method = {
  prompts: 'maple',
  views: 'clean',
  terms: (context) => [naturalTerm(context)],
};
