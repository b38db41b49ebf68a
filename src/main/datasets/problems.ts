import type { ProblemLevel } from '../../shared/dataset-care.ts';
import { FaptError } from '../../shared/errors.ts';
import { say } from '../../shared/sentence.ts';
import type { DatasetProblem } from '../store/datasets.ts';

/** What can be wrong with a dataset, or odd about it. */
export const PROBLEM_KINDS = {
  // Nothing is stored while one of these is there.
  'outside-root': 'blocking',
  'label-names': 'blocking',
  'class-name-empty': 'blocking',
  'class-unknown': 'blocking',
  // The entry is left out.
  missing: 'left-out',
  'case-mismatch': 'left-out',
  unreadable: 'left-out',
  enormous: 'left-out',
  'row-incomplete': 'left-out',
  'empty-folder': 'left-out',
  'split-unknown': 'left-out',
  // Kept, and told with every run.
  changed: 'told',
  'label-gap': 'told',
  'equal-class-names': 'told',
  'empty-class': 'told',
  'no-training-images': 'told',
  'one-class': 'told',
  'same-path': 'told',
  'same-bytes': 'told',
  'same-cluster': 'told',
  'look-alikes': 'told',
  'duplicate-entry': 'told',
  'expected-counts': 'told',
  // Good to know when importing; no number depends on it.
  junk: 'noted',
  'not-a-picture': 'noted',
  'without-class': 'noted',
  'made-split': 'noted',
  'val-as-test': 'noted',
  'text-encoding': 'noted',
  'number-names': 'noted',
  unread: 'noted',
  misnamed: 'noted',
  animated: 'noted',
  cmyk: 'noted',
  'sixteen-bit': 'noted',
  grey: 'noted',
  transparent: 'noted',
  rotated: 'noted',
} as const satisfies Record<string, ProblemLevel>;
export type ProblemKind = keyof typeof PROBLEM_KINDS;

export function problem(kind: ProblemKind, file: string, message: string): DatasetProblem {
  return { file, kind, message };
}

export function levelOf({ kind }: DatasetProblem): ProblemLevel {
  return PROBLEM_KINDS[kind as ProblemKind] ?? 'told';
}

/** Problems of one kind that are listed one by one; the rest become one sentence. */
const MOST_OF_A_KIND = 1000;

/** The same problems, but of each kind no more than a person or a screen can use. */
export function boundProblems(problems: readonly DatasetProblem[]): DatasetProblem[] {
  const kinds = Map.groupBy(problems, ({ kind }) => kind);
  return [...kinds.values()].flatMap((same) => {
    const more = same.length - MOST_OF_A_KIND;
    const first = same[0] as DatasetProblem;
    if (more <= 1) return same;
    const rest = { ...first, message: say('problem.more', { n: more }) };
    return [...same.slice(0, MOST_OF_A_KIND), rest];
  });
}

/** Throws `dataset-problems` for what blocks, or for everything but notes where `strict`. */
export function refuseProblems(
  source: string,
  problems: readonly DatasetProblem[],
  strict: boolean,
): void {
  const blocks = (one: DatasetProblem): boolean => levelOf(one) === 'blocking';
  const serious = problems.filter((one) => blocks(one) || (strict && levelOf(one) !== 'noted'));
  const first = serious.find(blocks) ?? serious[0];
  if (first === undefined) return;
  const others = serious.length - 1;
  const more = others === 0 ? '' : `, and ${others} more ${others === 1 ? 'problem' : 'problems'}`;
  const why = strict && !blocks(first) ? ' (an error in a strict import)' : '';
  throw new FaptError(
    'dataset-problems',
    `${source} was not added: ${first.message}${more}${why}; the report before the import lists all of them (--dry-run on the command line).`,
  );
}
