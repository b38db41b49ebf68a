import type { DatasetProblem } from '../store/datasets.ts';
import type { ImageRow } from '../store/images.ts';
import { problem } from './problems.ts';

/** What is odd about the classes; `file` is the split file's name. */
export function checkClasses(
  classNames: readonly string[],
  images: readonly ImageRow[],
  file: string,
): DatasetProblem[] {
  const problems = equalNames(classNames, file);
  const all = new Set(images.map(({ label }) => label));
  const train = images.filter(({ split }) => split === 'train');
  const trained = new Set(train.map(({ label }) => label));
  for (const [label, name] of classNames.entries()) {
    if (!all.has(label)) {
      problems.push(problem('empty-class', file, `class "${name}" has no images`));
    } else if (!trained.has(label)) {
      problems.push(problem('no-training-images', file, `class "${name}" has no training images`));
    }
  }
  return problems;
}

/** The text tower lower-cases, and underscores become spaces: what it then sees must differ. */
function equalNames(classNames: readonly string[], file: string): DatasetProblem[] {
  const first = new Map<string, number>();
  const problems: DatasetProblem[] = [];
  for (const [label, name] of classNames.entries()) {
    const seen = name.replaceAll('_', ' ').trim().toLowerCase();
    const other = first.get(seen);
    if (other === undefined) first.set(seen, label);
    else {
      const message = `classes ${other} and ${label} have the same name "${name}", so no model can tell them apart`;
      problems.push(problem('equal-class-names', file, message));
    }
  }
  return problems;
}
