import type { Database } from './database.ts';
import { all, statement } from './statement.ts';

/** How far the attribution of one example moved under attack. */
export type Stability = {
  id: string;
  /** The class that was explained. */
  target: number;
  /** Distance of the image maps, eq. 9. */
  imageL2: number;
  /** KL of the token maps, eq. 10. */
  textKl: number;
};

/** One value an example and target: the newer replaces. */
export function recordStability(
  db: Database,
  evaluationId: number,
  rows: readonly Stability[],
): void {
  const upsert = statement(
    db,
    `INSERT OR REPLACE INTO stability (evaluation_id, example_id, target, image_l2, text_kl)
     VALUES (:evaluationId, :id, :target, :imageL2, :textKl)`,
  );
  db.transaction(() => {
    for (const row of rows) upsert.run({ ...row, evaluationId });
  })();
}

export function listStability(db: Database, evaluationId: number): Stability[] {
  return all(
    db,
    `SELECT example_id AS id, target, image_l2 AS imageL2, text_kl AS textKl FROM stability
     WHERE evaluation_id = ? ORDER BY example_id, target`,
    evaluationId,
  );
}
