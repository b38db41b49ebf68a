import { naturalTerm } from './cross-entropy.ts';
import type { Method } from './method.ts';

/** Deep visual prompts (Jia et al. 2022): L = mean CE(clean). */
export const vpt: Method = {
  prompts: 'visual',
  views: 'clean',
  terms: (context) => [naturalTerm(context)],
};
