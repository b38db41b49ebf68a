import { runConfigSchema } from '../../../shared/run-config.ts';
import type { Migration } from '../migrate.ts';
import { groupKeyOf } from '../run-group.ts';

/**
 * The evaluations that a run is summed up by, as in `summarizeRun`: natural accuracy from the finished
 * one over most images, robust accuracy from the newest finished headline attack.
 */
const settle = (where: string) => `
UPDATE runs SET
  natural_evaluation = (
    SELECT id FROM evaluations WHERE run_id = runs.id AND status = 'finished' AND n > 0
      AND dataset_id = runs.dataset_id
      AND classes = coalesce(json_extract(runs.config, '$.classes'), 'all')
      AND coalesce(json_extract(attack, '$.frame'), 'always') = 'always'
    ORDER BY n DESC, id DESC LIMIT 1),
  robust_evaluation = (
    SELECT id FROM evaluations WHERE run_id = runs.id AND status = 'finished' AND n > 0
      AND dataset_id = runs.dataset_id
      AND classes = coalesce(json_extract(runs.config, '$.classes'), 'all')
      AND coalesce(json_extract(attack, '$.frame'), 'always') = 'always'
      AND json_extract(attack, '$.name') NOT IN ('none', 'noise')
      AND json_extract(attack, '$.source') IS NULL
      AND coalesce(json_extract(attack, '$.stopWhenFooled'), 0) = 0
      AND purpose = 'result' AND attacked > 0
    ORDER BY id DESC LIMIT 1)
  ${where};
UPDATE runs SET
  natural_accuracy = (
    SELECT clean_right * 1.0 / n FROM evaluations WHERE id = natural_evaluation),
  robust_accuracy = (
    SELECT robust_right * 1.0 / attacked FROM evaluations WHERE id = robust_evaluation)
  ${where};
`;

/** What the list of runs is sorted, filtered and grouped by, and what a person keeps about runs. */
export const window: Migration = {
  version: 4,
  name: 'window',
  functions: { run_group_key: (config) => keyOfStored(String(config)) },
  sql: `
ALTER TABLE runs ADD COLUMN starred INTEGER NOT NULL DEFAULT 0 CHECK (starred IN (0, 1));
-- How its training came to differ from its settings; null where it went as they say.
ALTER TABLE runs ADD COLUMN deviation TEXT CHECK (deviation IN ('kept-early', 'more-epochs'));
-- A hash of all settings but the seed (run-group.ts).
ALTER TABLE runs ADD COLUMN group_key TEXT NOT NULL DEFAULT '';
UPDATE runs SET group_key = run_group_key(config);

-- Derived from evaluations by the triggers below and by nothing else.
ALTER TABLE runs ADD COLUMN natural_evaluation INTEGER;
ALTER TABLE runs ADD COLUMN natural_accuracy REAL;
ALTER TABLE runs ADD COLUMN robust_evaluation INTEGER;
ALTER TABLE runs ADD COLUMN robust_accuracy REAL;
${settle('')}
CREATE TRIGGER evaluations_settled
  AFTER UPDATE OF status, n, clean_right, attacked, robust_right ON evaluations
  WHEN new.run_id IS NOT NULL AND (old.status = 'finished' OR new.status = 'finished')
BEGIN ${settle('WHERE id = new.run_id')} END;
CREATE TRIGGER evaluations_removed AFTER DELETE ON evaluations
  WHEN old.run_id IS NOT NULL AND old.status = 'finished'
BEGIN ${settle('WHERE id = old.run_id')} END;

CREATE INDEX runs_by_ended ON runs (ended_at DESC, id DESC);
CREATE INDEX runs_by_natural ON runs (natural_accuracy DESC, id DESC);
CREATE INDEX runs_by_robust ON runs (robust_accuracy DESC, id DESC);
CREATE INDEX runs_by_group ON runs (group_key, created_at DESC);
CREATE INDEX runs_starred ON runs (created_at DESC, id DESC) WHERE starred = 1;
CREATE INDEX runs_in_bin ON runs (deleted_at DESC) WHERE deleted_at IS NOT NULL;
CREATE INDEX jobs_by_run ON jobs (run_id, id DESC) WHERE run_id IS NOT NULL;

CREATE TABLE tag_colors (
  tag TEXT PRIMARY KEY,
  color TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE saved_views (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  query TEXT NOT NULL CHECK (json_valid(query))
) STRICT;
`,
};

/** Settings that came after a config was written have the values it ran with: the defaults. */
function keyOfStored(text: string): string {
  const config = JSON.parse(text) as Record<string, unknown>;
  const parsed = runConfigSchema.safeParse(config);
  return groupKeyOf(parsed.success ? parsed.data : config);
}
