import { REMEDY_KINDS, REMEDY_NAMES, type RemedyName } from '../../shared/dataset-care.ts';
import { say } from '../../shared/sentence.ts';
import { listAlikePairs } from '../store/alike-images.ts';
import type { Database } from '../store/database.ts';
import type { DatasetProblem, DatasetRow } from '../store/datasets.ts';
import { iterateImages } from '../store/images.ts';
import { seenName } from './check-classes.ts';

/** What a remedy does to the lists: entries that go, and labels that become others (or none). */
export type ListChange = {
  removed: { split: DatasetSplit; position: number; path: string }[];
  /** The new label of each class; null for a class that goes with all its images. */
  labels: (number | null)[];
};
type DatasetSplit = 'train' | 'val' | 'test';

export type Remedy = {
  /** What it does, for people. */
  does: string;
  plan(db: Database, dataset: DatasetRow): ListChange;
};

/** What can be done about problems; each changes the lists and nothing on the disk. */
export const REMEDIES = {
  'leave-train-leaks': {
    does: say('remedy.leave-train-leaks'),
    plan: (db, dataset) => {
      const test = {
        path: new Set<string>(),
        sha256: new Set<string>(),
        cluster: new Set<string>(),
      };
      for (const { split, path, sha256, cluster } of iterateImages(db, dataset.id)) {
        if (split !== 'test') continue;
        test.path.add(path);
        if (sha256 !== null) test.sha256.add(sha256);
        if (cluster !== null) test.cluster.add(cluster);
      }
      return without(db, dataset, ({ split, path, sha256, cluster }) => {
        if (split !== 'train') return false;
        if (test.path.has(path) || (sha256 !== null && test.sha256.has(sha256))) return true;
        return cluster !== null && test.cluster.has(cluster);
      });
    },
  },
  'leave-out-look-alikes': {
    does: say('remedy.leave-out-look-alikes'),
    plan: (db, dataset) => {
      const alike = new Set(listAlikePairs(db, dataset.id).map(({ trainPath }) => trainPath));
      return without(db, dataset, ({ split, path }) => split === 'train' && alike.has(path));
    },
  },
  'leave-out-repeats': {
    does: say('remedy.leave-out-repeats'),
    plan: (db, dataset) => {
      const seen = new Set<string>();
      return without(db, dataset, ({ split, path }) => {
        const key = `${split}/${path}`;
        const isRepeat = seen.has(key);
        seen.add(key);
        return isRepeat;
      });
    },
  },
  'leave-out-broken': {
    does: say('remedy.leave-out-broken'),
    plan: (db, dataset) => without(db, dataset, ({ trouble }) => trouble !== null),
  },
  'drop-untrained-classes': {
    does: say('remedy.drop-untrained-classes'),
    plan: (db, dataset) => {
      const trained = new Set<number>();
      for (const { split, label } of iterateImages(db, dataset.id)) {
        if (split === 'train') trained.add(label);
      }
      let next = 0;
      const labels = dataset.classNames.map((_, label) => (trained.has(label) ? next++ : null));
      return { removed: [], labels };
    },
  },
  'merge-equal-names': {
    does: say('remedy.merge-equal-names'),
    plan: (_db, dataset) => {
      const known = new Map<string, number>();
      const labels = dataset.classNames.map((name) => {
        const seen = seenName(name);
        const label = known.get(seen) ?? known.size;
        known.set(seen, label);
        return label;
      });
      return { removed: [], labels };
    },
  },
} as const satisfies Record<RemedyName, Remedy>;

/** The remedies that would do something about a dataset's problems, in the order to use them in. */
export function remediesFor(
  dataset: DatasetRow,
): { remedy: RemedyName; does: string; cures: number }[] {
  const count = (kinds: readonly string[]): number =>
    dataset.problems.filter(({ kind }: DatasetProblem) => kinds.includes(kind)).length;
  return REMEDY_NAMES.map((remedy) => {
    return { remedy, does: REMEDIES[remedy].does, cures: count(REMEDY_KINDS[remedy]) };
  }).filter(({ cures }) => cures > 0);
}

type Image = ReturnType<typeof iterateImages> extends Iterable<infer T> ? T : never;

function without(
  db: Database,
  dataset: DatasetRow,
  isRemoved: (image: Image) => boolean,
): ListChange {
  const removed: ListChange['removed'] = [];
  for (const image of iterateImages(db, dataset.id)) {
    const { split, position, path } = image;
    if (isRemoved(image)) removed.push({ split, position, path });
  }
  return { removed, labels: dataset.classNames.map((_, label) => label) };
}
