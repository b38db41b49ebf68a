import type { Database } from './database.ts';
import { all, run, statement } from './statement.ts';

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
