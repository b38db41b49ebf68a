import { adversarialTerm } from './cross-entropy.ts';
import type { Method } from './method.ts';

/** APT (Li et al. 2024; methods 3.3): learned words, L = mean CE(adversarial). */
export const apt: Method = {
  prompts: 'text',
  views: 'adversarial',
  terms: (context) => [adversarialTerm(context)],
};
