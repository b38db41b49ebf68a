import type { Migration } from '../migrate.ts';

/**
 * Datasets that are listed first and read later, splits made here, what was changed about a dataset,
 * and pictures that look alike.
 */
export const datasets: Migration = {
  version: 3,
  name: 'datasets',
  sql: `
-- Published dataset whose rules were followed; null for one's own.
ALTER TABLE datasets ADD COLUMN preset TEXT;
-- {seed, ratio} of a split that was made at the import; null where the source told it.
ALTER TABLE datasets ADD COLUMN made_split TEXT CHECK (json_valid(made_split));
-- What split_hash is about: the pictures' content too, or the lists alone.
ALTER TABLE datasets ADD COLUMN split_hash_of TEXT NOT NULL DEFAULT 'content'
  CHECK (split_hash_of IN ('content', 'listing'));

-- What a file holds is null until it was read, so the table is made anew.
CREATE TABLE images_003 (
  dataset_id TEXT NOT NULL REFERENCES datasets (id) ON DELETE CASCADE,
  split TEXT NOT NULL CHECK (split IN ('train', 'val', 'test')),
  position INTEGER NOT NULL,
  path TEXT NOT NULL,
  label INTEGER NOT NULL CHECK (label >= 0),
  size_bytes INTEGER,
  sha256 TEXT,
  content_type TEXT,
  width INTEGER,
  height INTEGER,
  cluster TEXT,
  -- 64 bits in hexadecimal; null until it was read, and for a picture without any structure.
  perceptual_hash TEXT,
  -- Where the file lies below the image root, where that is not path.
  file TEXT,
  -- Why the file is no picture of this dataset, as found after the import.
  trouble TEXT,
  PRIMARY KEY (dataset_id, split, position)
) STRICT, WITHOUT ROWID;
INSERT INTO images_003 (dataset_id, split, position, path, label, size_bytes, sha256,
    content_type, width, height, cluster)
  SELECT dataset_id, split, position, path, label, size_bytes, sha256,
    content_type, width, height, cluster FROM images;
DROP TABLE images;
ALTER TABLE images_003 RENAME TO images;
CREATE INDEX images_by_path ON images (dataset_id, split, path);
CREATE INDEX images_by_hash ON images (sha256) WHERE sha256 IS NOT NULL;
CREATE INDEX images_unread ON images (dataset_id) WHERE sha256 IS NULL AND trouble IS NULL;

-- Every edit, remedy and move, oldest first.
CREATE TABLE dataset_changes (
  id INTEGER PRIMARY KEY,
  dataset_id TEXT NOT NULL REFERENCES datasets (id) ON DELETE CASCADE,
  kind TEXT NOT NULL,
  message TEXT NOT NULL,
  detail TEXT NOT NULL CHECK (json_valid(detail)),
  hash_before TEXT NOT NULL,
  hash_after TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX dataset_changes_by_dataset ON dataset_changes (dataset_id, id);

-- A test image and a training image that look alike; distance is in bits of the perceptual hash.
CREATE TABLE alike_images (
  dataset_id TEXT NOT NULL REFERENCES datasets (id) ON DELETE CASCADE,
  test_path TEXT NOT NULL,
  train_path TEXT NOT NULL,
  distance INTEGER NOT NULL,
  PRIMARY KEY (dataset_id, test_path, train_path)
) STRICT, WITHOUT ROWID;
`,
};
