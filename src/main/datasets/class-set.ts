import type { Example, Task } from '../../shared/engine-contract.ts';
import { FaptError } from '../../shared/errors.ts';
import type { ClassSet } from '../../shared/run-config.ts';
import type { Database } from '../store/database.ts';
import type { DatasetRow } from '../store/datasets.ts';
import { labelsIn } from '../store/images.ts';

/** Which of a dataset's classes are looked at, and in what order: `labels[i]` is the old label of class i. */
export type ChosenClasses = { classes: ClassSet; labels: number[] };

/**
 * The labels of a class set (methods 1.3): those that have training images, in order; base is the
 * first ceil(n / 2), new the rest. `all` keeps every class, with training images or not.
 * @throws FaptError `classes-too-few` where a half would be empty
 */
export function chooseClasses(db: Database, dataset: DatasetRow, classes: ClassSet): ChosenClasses {
  if (classes === 'all') return { classes, labels: dataset.classNames.map((_, label) => label) };
  const trained = labelsIn(db, dataset.id, 'train');
  const half = Math.ceil(trained.length / 2);
  const labels = classes === 'base' ? trained.slice(0, half) : trained.slice(half);
  if (labels.length > 0) return { classes, labels };
  throw new FaptError(
    'classes-too-few',
    `Dataset "${dataset.name}" has ${trained.length === 1 ? 'only 1 class' : `${trained.length} classes`} with training images, and base and new halves need at least 2: choose another dataset, or all classes.`,
  );
}

/** The classes and the template, as the engine wants them. */
export function taskOf(dataset: DatasetRow, { labels }: ChosenClasses): Task {
  const classNames = labels.map((label) => dataset.classNames[label] as string);
  return { classNames, template: dataset.template };
}

/** The images of the chosen classes, with labels counted anew from 0. */
export function ofClasses<T extends Pick<Example, 'label'>>(
  entries: readonly T[],
  { labels }: ChosenClasses,
): T[] {
  const places = new Map(labels.map((label, place) => [label, place]));
  return entries.flatMap((entry) => {
    const label = places.get(entry.label);
    return label === undefined ? [] : [{ ...entry, label }];
  });
}
