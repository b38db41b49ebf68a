import type { Database } from './database.ts';
import { all, one, run, statement } from './statement.ts';

/** A test image and a training image that look alike. */
export type AlikePair = {
  testPath: string;
  trainPath: string;
  /** Bits of the perceptual hash that differ. */
  distance: number;
};

/** Replaces a dataset's pairs, within the caller's transaction. */
export function setAlikePairs(db: Database, datasetId: string, pairs: readonly AlikePair[]): void {
  run(db, 'DELETE FROM alike_images WHERE dataset_id = ?', datasetId);
  const insert = statement(
    db,
    'INSERT INTO alike_images (dataset_id, test_path, train_path, distance) VALUES (?, ?, ?, ?)',
  );
  for (const { testPath, trainPath, distance } of pairs) {
    insert.run(datasetId, testPath, trainPath, distance);
  }
}

/** The most alike first. */
export function listAlikePairs(db: Database, datasetId: string): AlikePair[] {
  return all(
    db,
    `SELECT test_path AS testPath, train_path AS trainPath, distance FROM alike_images
     WHERE dataset_id = ? ORDER BY distance, test_path, train_path`,
    datasetId,
  );
}

/** An image that is in train and in test. */
export type LeakPair = {
  kind: 'same-path' | 'same-bytes' | 'look-alikes';
  testPath: string;
  trainPath: string;
  /** Bits of the perceptual hash that differ; null where the pictures are the same. */
  distance: number | null;
};

// A path or a content that a list has several times is one pair: that it is there twice is told apart.
const LEAKS = `
SELECT 0 AS rank, 'same-path' AS kind, test.path AS testPath, test.path AS trainPath, NULL AS distance
  FROM images AS test WHERE test.dataset_id = :id AND test.split = 'test' AND EXISTS (
    SELECT 1 FROM images AS train
    WHERE train.dataset_id = :id AND train.split = 'train' AND train.path = test.path)
UNION SELECT 1, 'same-bytes', test.path, min(train.path), NULL
  FROM images AS test JOIN images AS train ON train.sha256 = test.sha256
  WHERE test.dataset_id = :id AND test.split = 'test'
    AND train.dataset_id = :id AND train.split = 'train'
  GROUP BY test.path HAVING sum(train.path = test.path) = 0
UNION SELECT 2, 'look-alikes', test_path, train_path, distance
  FROM alike_images WHERE dataset_id = :id`;

/** A page of the images that are in train and in test, by path, by content or by their looks. */
export function listLeaks(
  db: Database,
  datasetId: string,
  page: { offset: number; limit: number },
): { total: number; pairs: LeakPair[] } {
  const counted = one<{ n: number }>(db, `SELECT count(*) AS n FROM (${LEAKS})`, { id: datasetId });
  const pairs = all<LeakPair>(
    db,
    `SELECT kind, testPath, trainPath, distance FROM (${LEAKS})
     ORDER BY rank, distance, testPath, trainPath LIMIT :limit OFFSET :offset`,
    { id: datasetId, ...page },
  );
  return { total: counted?.n ?? 0, pairs };
}
