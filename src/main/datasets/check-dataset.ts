import { setImmediate as nextTurn } from 'node:timers/promises';
import { say } from '../../shared/sentence.ts';
import { readPictureApart } from '../pictures/decode-apart.ts';
import { setAlikePairs } from '../store/alike-images.ts';
import type { Database } from '../store/database.ts';
import {
  type DatasetProblem,
  type DatasetRow,
  getDataset,
  updateDataset,
} from '../store/datasets.ts';
import {
  countUnread,
  type ImageFile,
  iterateImages,
  listTroubles,
  nextFiles,
  nextUnread,
  recordPicture,
  recordTrouble,
} from '../store/images.ts';
import { IN_FLIGHT } from './check-entries.ts';
import { checkLeaks } from './check-leaks.ts';
import { concurrently } from './concurrently.ts';
import { fileOf } from './examples.ts';
import { boundProblems, type ProblemKind, problem } from './problems.ts';
import type { Picture, RefusedPicture } from './read-picture.ts';
import { SPLITS } from './split.ts';

/** Pictures read between two writes: what a stop can lose. */
const READ_AT_ONCE = 200;

/** Problems that this check finds; those of the import itself stay as they are. */
const FOUND_HERE: ReadonlySet<string> = new Set<ProblemKind>([
  'unread',
  'changed',
  'same-path',
  'same-bytes',
  'same-cluster',
  'look-alikes',
  'duplicate-entry',
]);

export type CheckDatasetOptions = {
  /** Read every picture once more, to find what changed or broke since. */
  again?: boolean | undefined;
  onProgress?: ((done: number, total: number) => void) | undefined;
  signal?: AbortSignal | undefined;
};

/**
 * Reads the pictures that an import only listed, then looks for damaged ones, for what changed, and for
 * images that are in train and in test. What was read is kept when it is stopped, and the next call goes
 * on from there. Answers the dataset with its problems as they are now. Throws an AbortError.
 */
export async function checkDataset(
  db: Database,
  dataset: DatasetRow,
  options: CheckDatasetOptions = {},
): Promise<DatasetRow> {
  const { train, val, test } = dataset.counts;
  const total = options.again ? train + val + test : countUnread(db, dataset.id);
  let done = 0;
  for (const batch of batches(db, dataset, options.again ?? false)) {
    options.signal?.throwIfAborted();
    await readBatch(db, dataset, batch, options.signal);
    done += batch.length;
    options.onProgress?.(Math.min(done, total), total);
    await nextTurn();
  }
  return concludeCheck(db, dataset, options.signal);
}

/** Files to read: those that nobody has read yet, or all. */
function* batches(db: Database, dataset: DatasetRow, all: boolean): Generator<ImageFile[]> {
  for (const split of all ? SPLITS : []) {
    let last = '';
    for (;;) {
      const batch = nextFiles(db, dataset.id, split, last, READ_AT_ONCE);
      if (batch.length === 0) break;
      yield batch;
      last = batch.at(-1)?.path ?? last;
    }
  }
  for (;;) {
    const batch = nextUnread(db, dataset.id, READ_AT_ONCE);
    if (batch.length === 0) return;
    yield batch;
  }
}

async function readBatch(
  db: Database,
  dataset: DatasetRow,
  batch: readonly ImageFile[],
  signal: AbortSignal | undefined,
): Promise<void> {
  const pictures = await concurrently(batch, IN_FLIGHT, async (image) => {
    signal?.throwIfAborted();
    return readPictureApart(fileOf(dataset, image));
  });
  db.transaction(() => {
    for (const [index, { path, sha256 }] of batch.entries()) {
      const picture = pictures[index] as Picture | RefusedPicture;
      if ('refused' in picture) recordTrouble(db, dataset.id, path, picture.reason);
      else if (sha256 === null || sha256 === picture.sha256) {
        recordPicture(db, dataset.id, path, picture);
      } else {
        recordTrouble(db, dataset.id, path, say('picture.changed'));
      }
    }
  }).immediate();
}

/** Looks the stored images through and keeps what it finds with the dataset. */
export async function concludeCheck(
  db: Database,
  dataset: DatasetRow,
  signal?: AbortSignal,
): Promise<DatasetRow> {
  const troubles = listTroubles(db, dataset.id).map(({ path, trouble }) =>
    problem('changed', path, say('problem.changed', { path, reason: trouble })),
  );
  const leaks = await checkLeaks(iterateImages(db, dataset.id), dataset.imageRoot, signal);
  return db
    .transaction(() => {
      const now = getDataset(db, dataset.id);
      const others = now.problems.filter(({ kind }) => !FOUND_HERE.has(kind));
      const unread = now.problems.filter(({ kind }) => kind === 'unread');
      const open: DatasetProblem[] = countUnread(db, dataset.id) > 0 ? unread : [];
      const problems = boundProblems([...others, ...troubles, ...leaks.problems, ...open]);
      updateDataset(db, now, { problems });
      setAlikePairs(db, dataset.id, leaks.alike);
      return getDataset(db, dataset.id);
    })
    .immediate();
}
