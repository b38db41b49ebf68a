import type { Migration } from '../migrate.ts';

/**
 * Evaluations on other classes than a run was trained on, what was seen of their attacks, and
 * stability beyond two numbers.
 */
export const attacksAndProtocols: Migration = {
  version: 2,
  name: 'attacks-and-protocols',
  sql: `
ALTER TABLE evaluations ADD COLUMN classes TEXT NOT NULL DEFAULT 'all'
  CHECK (classes IN ('all', 'base', 'new'));
-- A point of an epsilon sweep is no result of its own.
ALTER TABLE evaluations ADD COLUMN purpose TEXT NOT NULL DEFAULT 'result'
  CHECK (purpose IN ('result', 'sweep'));
-- Sums over the attacked images (AttackObservation), and the probes made at the end (AttackProbe).
ALTER TABLE evaluations ADD COLUMN observed TEXT CHECK (json_valid(observed));
ALTER TABLE evaluations ADD COLUMN probe TEXT CHECK (json_valid(probe));

-- Further numbers of the same maps; null where they were not measured.
ALTER TABLE stability ADD COLUMN image_kl REAL;
ALTER TABLE stability ADD COLUMN image_spearman REAL;
ALTER TABLE stability ADD COLUMN image_top_iou REAL;
ALTER TABLE stability ADD COLUMN text_spearman REAL;
ALTER TABLE stability ADD COLUMN insertion_clean REAL;
ALTER TABLE stability ADD COLUMN insertion_adversarial REAL;
ALTER TABLE stability ADD COLUMN deletion_clean REAL;
ALTER TABLE stability ADD COLUMN deletion_adversarial REAL;
`,
};
