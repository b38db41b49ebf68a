import type { Migration } from '../migrate.ts';

/** The first schema. Never edited after it landed: what changes later is a migration of its own. */
export const initial: Migration = {
  version: 1,
  name: 'initial',
  sql: `
CREATE TABLE models (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  path TEXT NOT NULL,
  layout TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  size_bytes INTEGER NOT NULL,
  report TEXT NOT NULL CHECK (json_valid(report)),
  bundled INTEGER NOT NULL DEFAULT 0 CHECK (bundled IN (0, 1)),
  created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE datasets (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  format TEXT NOT NULL,
  source TEXT NOT NULL,
  image_root TEXT NOT NULL,
  class_names TEXT NOT NULL CHECK (json_valid(class_names)),
  template TEXT NOT NULL,
  description TEXT,
  licence TEXT,
  split_hash TEXT NOT NULL,
  clustered INTEGER NOT NULL CHECK (clustered IN (0, 1)),
  demo INTEGER NOT NULL CHECK (demo IN (0, 1)),
  problems TEXT NOT NULL CHECK (json_valid(problems)),
  skipped TEXT NOT NULL CHECK (json_valid(skipped)),
  created_at INTEGER NOT NULL
) STRICT;

-- One row an entry of a split list; position is the order in that list, path is an image's id.
CREATE TABLE images (
  dataset_id TEXT NOT NULL REFERENCES datasets (id) ON DELETE CASCADE,
  split TEXT NOT NULL CHECK (split IN ('train', 'val', 'test')),
  position INTEGER NOT NULL,
  path TEXT NOT NULL,
  label INTEGER NOT NULL CHECK (label >= 0),
  size_bytes INTEGER NOT NULL,
  sha256 TEXT NOT NULL,
  content_type TEXT NOT NULL,
  width INTEGER NOT NULL,
  height INTEGER NOT NULL,
  cluster TEXT,
  PRIMARY KEY (dataset_id, split, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX images_by_path ON images (dataset_id, split, path);
CREATE INDEX images_by_hash ON images (sha256);

CREATE TABLE runs (
  id TEXT PRIMARY KEY,
  config TEXT NOT NULL CHECK (json_valid(config)),
  method TEXT NOT NULL,
  dataset_id TEXT NOT NULL REFERENCES datasets (id),
  model_id TEXT NOT NULL REFERENCES models (id),
  shots INTEGER NOT NULL,
  seed INTEGER NOT NULL,
  status TEXT NOT NULL CHECK (status IN
    ('queued', 'running', 'paused', 'interrupted', 'stopped', 'failed', 'finished')),
  status_reason TEXT,
  protocol TEXT,
  environment TEXT NOT NULL CHECK (json_valid(environment)),
  model_hash TEXT NOT NULL,
  split_hash TEXT NOT NULL,
  sample_hash TEXT,
  sample_ids TEXT CHECK (json_valid(sample_ids)),
  class_counts TEXT CHECK (json_valid(class_counts)),
  created_at INTEGER NOT NULL,
  started_at INTEGER,
  ended_at INTEGER,
  updated_at INTEGER NOT NULL,
  epoch INTEGER NOT NULL DEFAULT 0,
  step INTEGER NOT NULL DEFAULT 0,
  total_steps INTEGER,
  owner_pid INTEGER,
  deleted_at INTEGER
) STRICT;
CREATE INDEX runs_by_created ON runs (created_at DESC, id DESC);
CREATE INDEX runs_by_status ON runs (status, created_at DESC);
CREATE INDEX runs_by_dataset ON runs (dataset_id, created_at DESC);
CREATE INDEX runs_by_model ON runs (model_id, created_at DESC);
CREATE INDEX runs_by_method ON runs (method, created_at DESC);
CREATE INDEX runs_by_protocol ON runs (protocol, created_at DESC) WHERE protocol IS NOT NULL;

-- SQL has no NaN: value is NULL where is_nan is 1 or is_inf is -1 or 1.
CREATE TABLE metrics (
  run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  step INTEGER NOT NULL,
  epoch INTEGER NOT NULL,
  value REAL,
  is_nan INTEGER NOT NULL DEFAULT 0 CHECK (is_nan IN (0, 1)),
  is_inf INTEGER NOT NULL DEFAULT 0 CHECK (is_inf IN (-1, 0, 1)),
  PRIMARY KEY (run_id, name, step),
  CHECK ((value IS NULL) = (is_nan = 1 OR is_inf <> 0))
) STRICT, WITHOUT ROWID;

CREATE TABLE checkpoints (
  run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  step INTEGER NOT NULL,
  epoch INTEGER NOT NULL,
  path TEXT NOT NULL,
  size_bytes INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (run_id, step)
) STRICT, WITHOUT ROWID;

-- The counters are derived from outcomes by the triggers below and by nothing else.
CREATE TABLE evaluations (
  id INTEGER PRIMARY KEY,
  run_id TEXT REFERENCES runs (id) ON DELETE CASCADE,
  model_id TEXT REFERENCES models (id),
  dataset_id TEXT NOT NULL REFERENCES datasets (id),
  split TEXT NOT NULL CHECK (split IN ('train', 'val', 'test')),
  attack TEXT NOT NULL CHECK (json_valid(attack)),
  subset INTEGER,
  expected INTEGER NOT NULL,
  ids_hash TEXT NOT NULL,
  seed INTEGER NOT NULL,
  status TEXT NOT NULL CHECK (status IN
    ('queued', 'running', 'paused', 'interrupted', 'stopped', 'failed', 'finished')),
  status_reason TEXT,
  environment TEXT NOT NULL CHECK (json_valid(environment)),
  created_at INTEGER NOT NULL,
  started_at INTEGER,
  ended_at INTEGER,
  owner_pid INTEGER,
  n INTEGER NOT NULL DEFAULT 0,
  clean_right INTEGER NOT NULL DEFAULT 0,
  attacked INTEGER NOT NULL DEFAULT 0,
  robust_right INTEGER NOT NULL DEFAULT 0,
  CHECK ((run_id IS NULL) <> (model_id IS NULL))
) STRICT;
CREATE INDEX evaluations_by_run ON evaluations (run_id, id DESC);
CREATE INDEX evaluations_by_model ON evaluations (model_id, id DESC) WHERE model_id IS NOT NULL;
CREATE INDEX evaluations_by_status ON evaluations (status);

CREATE TABLE outcomes (
  evaluation_id INTEGER NOT NULL REFERENCES evaluations (id) ON DELETE CASCADE,
  example_id TEXT NOT NULL,
  label INTEGER NOT NULL,
  clean INTEGER NOT NULL,
  adversarial INTEGER,
  margin REAL NOT NULL,
  fell_at INTEGER,
  perturbation TEXT,
  PRIMARY KEY (evaluation_id, example_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX outcomes_by_perturbation ON outcomes (perturbation) WHERE perturbation IS NOT NULL;

CREATE TRIGGER outcomes_inserted AFTER INSERT ON outcomes BEGIN
  UPDATE evaluations SET
    n = n + 1,
    clean_right = clean_right + (new.clean = new.label),
    attacked = attacked + (new.adversarial IS NOT NULL),
    robust_right = robust_right + (new.adversarial IS new.label)
  WHERE id = new.evaluation_id;
END;
CREATE TRIGGER outcomes_deleted AFTER DELETE ON outcomes BEGIN
  UPDATE evaluations SET
    n = n - 1,
    clean_right = clean_right - (old.clean = old.label),
    attacked = attacked - (old.adversarial IS NOT NULL),
    robust_right = robust_right - (old.adversarial IS old.label)
  WHERE id = old.evaluation_id;
END;
CREATE TRIGGER outcomes_updated AFTER UPDATE ON outcomes BEGIN
  UPDATE evaluations SET
    clean_right = clean_right - (old.clean = old.label) + (new.clean = new.label),
    attacked = attacked - (old.adversarial IS NOT NULL) + (new.adversarial IS NOT NULL),
    robust_right = robust_right - (old.adversarial IS old.label) + (new.adversarial IS new.label)
  WHERE id = new.evaluation_id;
END;

CREATE TABLE stability (
  evaluation_id INTEGER NOT NULL REFERENCES evaluations (id) ON DELETE CASCADE,
  example_id TEXT NOT NULL,
  target INTEGER NOT NULL,
  image_l2 REAL NOT NULL,
  text_kl REAL NOT NULL,
  PRIMARY KEY (evaluation_id, example_id, target)
) STRICT, WITHOUT ROWID;

CREATE TABLE tags (
  run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  tag TEXT NOT NULL,
  PRIMARY KEY (run_id, tag)
) STRICT, WITHOUT ROWID;
CREATE INDEX tags_by_tag ON tags (tag, run_id);

CREATE TABLE notes (
  id INTEGER PRIMARY KEY,
  run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  text TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX notes_by_run ON notes (run_id, id);
CREATE VIRTUAL TABLE notes_fts USING fts5 (text, content = 'notes', content_rowid = 'id');
CREATE TRIGGER notes_inserted AFTER INSERT ON notes BEGIN
  INSERT INTO notes_fts (rowid, text) VALUES (new.id, new.text);
END;
CREATE TRIGGER notes_deleted AFTER DELETE ON notes BEGIN
  INSERT INTO notes_fts (notes_fts, rowid, text) VALUES ('delete', old.id, old.text);
END;
CREATE TRIGGER notes_updated AFTER UPDATE OF text ON notes BEGIN
  INSERT INTO notes_fts (notes_fts, rowid, text) VALUES ('delete', old.id, old.text);
  INSERT INTO notes_fts (rowid, text) VALUES (new.id, new.text);
END;

CREATE TABLE jobs (
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,
  payload TEXT NOT NULL CHECK (json_valid(payload)),
  run_id TEXT REFERENCES runs (id) ON DELETE CASCADE,
  evaluation_id INTEGER REFERENCES evaluations (id) ON DELETE CASCADE,
  priority INTEGER NOT NULL DEFAULT 0,
  status TEXT NOT NULL CHECK (status IN
    ('queued', 'running', 'paused', 'interrupted', 'stopped', 'failed', 'finished')),
  status_reason TEXT,
  progress REAL NOT NULL DEFAULT 0,
  created_at INTEGER NOT NULL,
  started_at INTEGER,
  ended_at INTEGER,
  owner_pid INTEGER
) STRICT;
CREATE INDEX jobs_by_status ON jobs (status, priority DESC, id);

CREATE TABLE settings (
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL CHECK (json_valid(value))
) STRICT, WITHOUT ROWID;

CREATE TABLE warnings (
  id INTEGER PRIMARY KEY,
  run_id TEXT REFERENCES runs (id) ON DELETE CASCADE,
  evaluation_id INTEGER REFERENCES evaluations (id) ON DELETE CASCADE,
  dataset_id TEXT REFERENCES datasets (id) ON DELETE CASCADE,
  code TEXT NOT NULL,
  message TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  CHECK ((run_id IS NOT NULL) + (evaluation_id IS NOT NULL) + (dataset_id IS NOT NULL) = 1)
) STRICT;
CREATE INDEX warnings_by_run ON warnings (run_id) WHERE run_id IS NOT NULL;
CREATE INDEX warnings_by_evaluation ON warnings (evaluation_id) WHERE evaluation_id IS NOT NULL;
CREATE INDEX warnings_by_dataset ON warnings (dataset_id) WHERE dataset_id IS NOT NULL;
`,
};
