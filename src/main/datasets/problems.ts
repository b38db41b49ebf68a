import { FaptError } from '../../shared/errors.ts';
import type { DatasetProblem } from '../store/datasets.ts';

/** What can be wrong with a dataset. */
export const PROBLEM_KINDS = {
  // Nothing is stored while one of these is there.
  'outside-root': 'blocking',
  'label-names': 'blocking',
  'class-name-empty': 'blocking',
  // The entry is left out.
  missing: 'left-out',
  'case-mismatch': 'left-out',
  unreadable: 'left-out',
  // Kept, and told.
  'label-gap': 'told',
  'equal-class-names': 'told',
  'empty-class': 'told',
  'no-training-images': 'told',
  'same-path': 'told',
  'same-bytes': 'told',
  'same-cluster': 'told',
  'duplicate-entry': 'told',
} as const;
export type ProblemKind = keyof typeof PROBLEM_KINDS;

export function problem(kind: ProblemKind, file: string, message: string): DatasetProblem {
  return { file, kind, message };
}

export function isBlocking({ kind }: DatasetProblem): boolean {
  return PROBLEM_KINDS[kind as ProblemKind] === 'blocking';
}

/** Throws `dataset-problems` for what blocks, or for everything where `strict`. */
export function refuseProblems(
  source: string,
  problems: readonly DatasetProblem[],
  strict: boolean,
): void {
  const serious = strict ? problems : problems.filter(isBlocking);
  const [first] = serious;
  if (first === undefined) return;
  const more = serious.length === 1 ? '' : `, and ${serious.length - 1} more problems`;
  const why = strict && !isBlocking(first) ? ' (an error, since --strict was given)' : '';
  throw new FaptError(
    'dataset-problems',
    `${source} was not added: ${first.message}${more}${why}; "--dry-run" lists all of them.`,
  );
}
