import { adversarialTerm } from './cross-entropy.ts';
import type { Method } from './method.ts';

/** AdvVLP (methods 3.5): uncoupled prompts in both towers, L = mean CE(adversarial). */
export const advVlp: Method = {
  prompts: 'independent',
  views: 'adversarial',
  terms: (context) => [adversarialTerm(context)],
};
