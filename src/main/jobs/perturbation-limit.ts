import { rm, stat } from 'node:fs/promises';
import { z } from 'zod';
import type { App } from '../api/app.ts';
import type { Database } from '../store/database.ts';
import { getSetting } from '../store/settings.ts';
import { blobPath } from '../workspace/blobs.ts';

/** Setting: the bytes that kept perturbations may take. */
export const PERTURBATION_LIMIT_KEY = 'perturbations.limitBytes';
const DEFAULT_PERTURBATION_LIMIT = 2e9;
/** Where the limit is passed, this share of it is kept, so that not every batch cleans up. */
const KEPT_SHARE = 0.9;

type Kept = { hash: string; bytes: number };
const usage = new WeakMap<Database, Map<string, number>>();

/** Bytes that kept perturbations may take, by this workspace's settings. */
export function perturbationLimit(app: App): number {
  return getSetting(app.db, PERTURBATION_LIMIT_KEY, z.number().min(0), DEFAULT_PERTURBATION_LIMIT);
}

/** The folder the engine keeps perturbations in, or null where the limit is 0. */
export function perturbationFolder(app: App): string | null {
  return perturbationLimit(app) > 0 ? app.workspace.blobFolder : null;
}

/**
 * Deletes kept perturbations until they take no more than the limit. Those of images on which runs
 * under the same attack disagree go last, older ones before newer ones; outcomes stay.
 */
export async function keepWithinLimit(app: App): Promise<void> {
  const limit = perturbationLimit(app);
  const known = await measured(app);
  let bytes = [...known.values()].reduce((sum, size) => sum + size, 0);
  if (bytes <= limit) return;
  for (const hash of leastWantedFirst(app.db)) {
    if (bytes <= limit * KEPT_SHARE) break;
    app.db.prepare('UPDATE outcomes SET perturbation = NULL WHERE perturbation = ?').run(hash);
    await rm(blobPath(app.workspace, hash), { force: true });
    bytes -= known.get(hash) ?? 0;
    known.delete(hash);
  }
}

/** Size of every kept perturbation; files are looked at once an open workspace. */
async function measured(app: App): Promise<Map<string, number>> {
  const known = usage.get(app.db) ?? new Map<string, number>();
  usage.set(app.db, known);
  const rows = app.db
    .prepare('SELECT DISTINCT perturbation AS hash FROM outcomes WHERE perturbation IS NOT NULL')
    .all() as Kept[];
  for (const { hash } of rows) {
    if (known.has(hash)) continue;
    const size = await stat(blobPath(app.workspace, hash)).then(
      (file) => file.size,
      () => 0, // deleted by hand: it takes no space
    );
    known.set(hash, size);
  }
  return known;
}

function leastWantedFirst(db: Database): string[] {
  const rows = db
    .prepare(
      `SELECT mine.perturbation AS hash,
              MAX(EXISTS (
                SELECT 1 FROM evaluations AS other
                JOIN outcomes AS theirs
                  ON theirs.evaluation_id = other.id AND theirs.example_id = mine.example_id
                WHERE other.dataset_id = evaluation.dataset_id
                  AND other.attack = evaluation.attack
                  AND (theirs.adversarial IS theirs.label) <> (mine.adversarial IS mine.label)
              )) AS disagreement,
              MAX(evaluation.id) AS newest
       FROM outcomes AS mine JOIN evaluations AS evaluation ON evaluation.id = mine.evaluation_id
       WHERE mine.perturbation IS NOT NULL
       GROUP BY mine.perturbation
       ORDER BY disagreement, newest, MIN(mine.example_id)`,
    )
    .all() as { hash: string }[];
  return rows.map((row) => row.hash);
}
