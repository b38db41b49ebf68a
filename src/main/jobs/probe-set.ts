import { z } from 'zod';
import { type EvaluationAttack, evaluationAttackSchema } from '../../shared/attack.ts';
import { FaptError } from '../../shared/errors.ts';
import { chooseClasses, ofClasses } from '../datasets/class-set.ts';
import { balancedSubset } from '../datasets/subset.ts';
import type { Database } from '../store/database.ts';
import { type DatasetRow, getDataset, type SplitName } from '../store/datasets.ts';
import { imagesByPath, listEntries } from '../store/images.ts';
import type { RunRow } from '../store/runs.ts';
import { getSetting, setSetting } from '../store/settings.ts';

/** What is looked at after each epoch of a training that somebody watches. */
export type ProbeSet = {
  /** Validation images where there are any, so that nothing is chosen by the test. */
  split: SplitName;
  /** Balanced over the classes, in split order. */
  images: string[];
  /** Those whose maps are followed. */
  pinned: string[];
  attack: EvaluationAttack;
};

const IMAGES = 24;
const PINNED = 4;
const STEPS = 5;

export function probeSet(db: Database, { datasetId, config }: RunRow): ProbeSet {
  const dataset = getDataset(db, datasetId);
  const chosen = chooseClasses(db, dataset, config.classes);
  const split = probeSplit(dataset);
  const listed = ofClasses(listEntries(db, datasetId, split), chosen);
  const images = balancedSubset(listed, IMAGES).map(({ path }) => path);
  const known = new Set(listed.map(({ path }) => path));
  const wanted = pinnedImages(db, datasetId).filter((path) => known.has(path));
  const first = balancedSubset(listed, PINNED).map(({ path }) => path);
  const { epsilon } = config.attack;
  return {
    split,
    images: [...new Set(images)],
    pinned: wanted.length > 0 ? wanted : [...new Set(first)],
    attack: evaluationAttackSchema.parse({
      name: 'pgd',
      steps: STEPS,
      epsilon,
      stepSize: epsilon / 2,
    }),
  };
}

/** The list that trainings are watched on. */
export function probeSplit({ counts }: Pick<DatasetRow, 'counts'>): 'val' | 'test' {
  return counts.val > 0 ? 'val' : 'test';
}

const pinnedKey = (datasetId: string) => `probe.pinned.${datasetId}`;
const pinnedSchema = z.array(z.string());

/** What a person pinned; empty: the first image of the first classes is followed. */
export function pinnedImages(db: Database, datasetId: string): string[] {
  return getSetting(db, pinnedKey(datasetId), pinnedSchema, []);
}

/** @throws FaptError `examples-unknown` where an image is not among those that are watched */
export function pinImages(db: Database, dataset: DatasetRow, images: readonly string[]): void {
  const split = probeSplit(dataset);
  const known = imagesByPath(db, dataset.id, split, images);
  const stranger = images.find((path) => !known.has(path));
  if (stranger !== undefined) {
    throw new FaptError(
      'examples-unknown',
      `"${stranger}" is not in ${split} of ${dataset.name}, and trainings are watched on that list: pin images of it.`,
    );
  }
  setSetting(db, pinnedKey(dataset.id), images);
}
