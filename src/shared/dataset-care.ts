/** What can be done about a dataset's problems, in the order to use it in. */
export const REMEDY_NAMES = [
  'leave-train-leaks',
  'leave-out-look-alikes',
  'leave-out-repeats',
  'leave-out-broken',
  'drop-untrained-classes',
  'merge-equal-names',
] as const;
export type RemedyName = (typeof REMEDY_NAMES)[number];

/**
 * How much a problem matters: nothing is stored while one `blocking` is there, the entry is `left-out`,
 * it is `told` with every run, or only `noted`.
 */
export const PROBLEM_LEVELS = ['blocking', 'left-out', 'told', 'noted'] as const;
export type ProblemLevel = (typeof PROBLEM_LEVELS)[number];

/** Kinds of problems that a remedy does away with. */
export const REMEDY_KINDS: Record<RemedyName, readonly string[]> = {
  'leave-train-leaks': ['same-path', 'same-bytes', 'same-cluster'],
  'leave-out-look-alikes': ['look-alikes'],
  'leave-out-repeats': ['duplicate-entry'],
  'leave-out-broken': ['changed'],
  'drop-untrained-classes': ['no-training-images', 'empty-class'],
  'merge-equal-names': ['equal-class-names'],
};
