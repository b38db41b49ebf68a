import { adversarialTerm } from './cross-entropy.ts';
import type { Method } from './method.ts';

/**
 * TeCoA's visual prompt (Mao et al. 2023; methods 3.4), tuned on few shots: a learned border and tokens,
 * TeCoA's own text, L = mean CE(adversarial).
 */
export const tecoa: Method = {
  prompts: 'frame',
  views: 'adversarial',
  terms: (context) => [adversarialTerm(context)],
};
