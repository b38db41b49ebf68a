import type { MethodName } from './run-config.ts';

/** Zero-shot CLIP and the five systems of the paper's tables. */
export const PAPER_METHODS: readonly MethodName[] = [
  'zero-shot',
  'advvp',
  'advvlp',
  'advmaple',
  'fap',
  'cba-fapt',
];
