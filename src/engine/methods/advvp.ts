import { adversarialTerm } from './cross-entropy.ts';
import type { Method } from './method.ts';

/** AdvVP (methods 3.4): a learned border and tokens, at test too, L = mean CE(adversarial). */
export const advVp: Method = {
  prompts: 'frame',
  views: 'adversarial',
  terms: (context) => [adversarialTerm(context)],
};
