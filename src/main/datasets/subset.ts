import type { Database } from '../store/database.ts';
import type { DatasetRow } from '../store/datasets.ts';
import { listEntries } from '../store/images.ts';
import { type ChosenClasses, ofClasses } from './class-set.ts';

/**
 * `n` entries, balanced over the classes: the classes take turns, in the order of their first
 * appearance, each giving its next entry, until `n` are taken; a class that has no more is passed
 * over. So 100 of 12 classes are the first 9 of the first four and the first 8 of the others.
 * Answers them in their old order; all of them where `n` is null or larger.
 */
export function balancedSubset<T extends { label: number }>(
  entries: readonly T[],
  n: number | null,
): T[] {
  if (n === null || n >= entries.length) return [...entries];
  const classes = [...Map.groupBy(entries, ({ label }) => label).values()];
  const taken = new Set<T>();
  for (let round = 0; taken.size < n; round += 1) {
    for (const items of classes) {
      const next = items[round];
      if (next !== undefined && taken.size < n) taken.add(next);
    }
  }
  return entries.filter((entry) => taken.has(entry));
}

/**
 * Ids of the test images of the chosen classes that an evaluation is about, in split order; an image
 * listed twice counts once.
 */
export function testSubset(
  db: Database,
  dataset: DatasetRow,
  chosen: ChosenClasses,
  n: number | null,
): string[] {
  const listed = ofClasses(listEntries(db, dataset.id, 'test'), chosen);
  const images = new Map(listed.map((image) => [image.path, image]));
  return balancedSubset([...images.values()], n).map(({ path }) => path);
}
