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
      problems.push(problem('empty-class', file, `class "${name}" has no images`));
    } else if (!trained.has(label)) {
      problems.push(problem('no-training-images', file, `class "${name}" has no training images`));
    }
  }
  if (classNames.length === 1) {
    const message =
      'there is one class, so every prediction is right, and accuracy and attacks mean nothing';
    problems.push(problem('one-class', file, message));
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
      ? `1 class name is a number or a code (${some}), which says nothing to the text model: rename it`
      : `${codes.length} class names are numbers or codes (${some}), which say nothing to the text model: rename them`;
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
      const message = `class ${label} has an empty name, "${name}"`;
      problems.push(problem('class-name-empty', file, message));
      continue;
    }
    const other = first.get(seen);
    if (other === undefined) first.set(seen, label);
    else {
      const message = `classes ${other} and ${label} have the same name "${name}", so no model can tell them apart: the second is never predicted`;
      problems.push(problem('equal-class-names', file, message));
    }
  }
  return problems;
}
