import type { StabilityRow } from '../../shared/engine-contract.ts';
import type { Database } from './database.ts';
import { all, statement } from './statement.ts';

/** One value an example and target: the newer replaces. */
export function recordStability(
  db: Database,
  evaluationId: number,
  rows: readonly StabilityRow[],
): void {
  const upsert = statement(
    db,
    `INSERT OR REPLACE INTO stability (evaluation_id, example_id, target, image_l2, image_kl,
       image_spearman, image_top_iou, text_kl, text_spearman, insertion_clean,
       insertion_adversarial, deletion_clean, deletion_adversarial)
     VALUES (:evaluationId, :id, :target, :imageL2, :imageKl, :imageSpearman, :imageTopIou,
       :textKl, :textSpearman, :insertionClean, :insertionAdversarial, :deletionClean,
       :deletionAdversarial)`,
  );
  db.transaction(() => {
    for (const row of rows) upsert.run({ ...row, evaluationId });
  })();
}

/** What was measured of an evaluation's images; rows from before there were more numbers are left out. */
export function listStability(db: Database, evaluationId: number): StabilityRow[] {
  return all(
    db,
    `SELECT example_id AS id, target, image_l2 AS imageL2, image_kl AS imageKl,
       image_spearman AS imageSpearman, image_top_iou AS imageTopIou, text_kl AS textKl,
       text_spearman AS textSpearman, insertion_clean AS insertionClean,
       insertion_adversarial AS insertionAdversarial, deletion_clean AS deletionClean,
       deletion_adversarial AS deletionAdversarial
     FROM stability WHERE evaluation_id = ? AND image_kl IS NOT NULL ORDER BY example_id, target`,
    evaluationId,
  );
}
