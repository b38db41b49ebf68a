import { say } from '../../shared/sentence.ts';
import type { DatasetProblem } from '../store/datasets.ts';
import type { NewImage } from '../store/images.ts';
import { problem } from './problems.ts';

/** What is odd about the classes; `file` is the split file's name. */
export function checkClasses(
  classNames: readonly string[],
  images: Iterable<Pick<NewImage, 'split' | 'label'>>,
  file: string,
): DatasetProblem[] {
  const problems = [...equalNames(classNames, file), ...codeNames(classNames, file)];
  const all = new Set<number>();
  const trained = new Set<number>();
  for (const { split, label } of images) {
    all.add(label);
    if (split === 'train') trained.add(label);
  }
  for (const [label, name] of classNames.entries()) {
    if (!all.has(label)) {
      problems.push(problem('empty-class', file, say('problem.empty-class', { name })));
    } else if (!trained.has(label)) {
      problems.push(
        problem('no-training-images', file, say('problem.no-training-images', { name })),
      );
    }
  }
  if (classNames.length === 1) {
    problems.push(problem('one-class', file, say('problem.one-class')));
  }
  return problems;
}

/** A number, or the identifier of a WordNet noun, as ImageNet's folders have it. */
const CODE = /^(?:-?\d+(?:\.\d+)?|n\d{8})$/;

/** Names that are there for machines: zero-shot CLIP is points below what words give. */
function codeNames(classNames: readonly string[], file: string): DatasetProblem[] {
  const codes = classNames.filter((name) => CODE.test(name.trim()));
  if (codes.length === 0) return [];
  const some = codes
    .slice(0, 3)
    .map((name) => `"${name}"`)
    .join(', ');
  const message =
    codes.length === 1
      ? say('problem.number-names.one', { some })
      : say('problem.number-names.several', { n: codes.length, some });
  return [problem('number-names', file, message)];
}

/** A class name as the text tower sees it: lower case, underscores as spaces, one space between words. */
export function seenName(name: string): string {
  return name.replaceAll('_', ' ').normalize('NFC').replaceAll(/\s+/g, ' ').trim().toLowerCase();
}

/** What the text tower sees must differ, or the second of two classes is never predicted. */
function equalNames(classNames: readonly string[], file: string): DatasetProblem[] {
  const first = new Map<string, number>();
  const problems: DatasetProblem[] = [];
  for (const [label, name] of classNames.entries()) {
    const seen = seenName(name);
    if (seen === '') {
      const message = say('problem.class-name-empty', { label, name });
      problems.push(problem('class-name-empty', file, message));
      continue;
    }
    const other = first.get(seen);
    if (other === undefined) first.set(seen, label);
    else {
      const message = say('problem.equal-class-names', { one: other, other: label, name });
      problems.push(problem('equal-class-names', file, message));
    }
  }
  return problems;
}
