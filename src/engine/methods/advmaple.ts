import { adversarialTerm } from './cross-entropy.ts';
import type { Method } from './method.ts';

/** AdvMaPLe as FAP's authors compare with it (methods 3.6): L = mean CE(adversarial). */
export const advMaple: Method = {
  prompts: 'coupled',
  views: 'adversarial',
  terms: (context) => [adversarialTerm(context)],
};
