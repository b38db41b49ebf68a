import type { Database } from './database.ts';
import type { SplitName } from './datasets.ts';
import { all, one, run, statement } from './statement.ts';

/** What a file holds; null until it was read. */
export type PictureFacts = {
  sizeBytes: number | null;
  sha256: string | null;
  /** Told by the content, not by the name. */
  contentType: string | null;
  width: number | null;
  height: number | null;
};

export type ImageRow = PictureFacts & {
  split: SplitName;
  /** Order in its split list, from 0. */
  position: number;
  /** As in the split, relative to the image root, with `/`; the image's id. */
  path: string;
  label: number;
  /** Images of one cluster are drawn from one original; null where there are no clusters. */
  cluster: string | null;
  /** 64 bits in hexadecimal; null until it was read, and for a picture without structure. */
  perceptualHash: string | null;
  /** Where the file lies below the image root, where that is not `path`. */
  file: string | null;
  /** Why the file is no picture of this dataset, as found after the import. */
  trouble: string | null;
};

type Later = 'perceptualHash' | 'file' | 'trouble';
export type NewImage = Omit<ImageRow, Later> & Partial<Pick<ImageRow, Later>>;

const SELECT = `SELECT split, position, path, label, size_bytes AS sizeBytes, sha256,
  content_type AS contentType, width, height, cluster, perceptual_hash AS perceptualHash, file,
  trouble FROM images`;

/**
 * The order of a split is the primary key, and without being told SQLite goes through a whole split of
 * it for each path.
 */
const BY_PATH = 'INDEXED BY images_by_path';

/** Within the caller's transaction. */
export function insertImages(db: Database, datasetId: string, images: Iterable<NewImage>): void {
  const insert = statement(
    db,
    `INSERT INTO images (dataset_id, split, position, path, label, size_bytes, sha256,
       content_type, width, height, cluster, perceptual_hash, file, trouble)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  for (const image of images) {
    const { split, position, path, label, sizeBytes, sha256, contentType, width, height } = image;
    const { cluster, perceptualHash = null, file = null, trouble = null } = image;
    const facts = [sizeBytes, sha256, contentType, width, height, cluster];
    insert.run(datasetId, split, position, path, label, ...facts, perceptualHash, file, trouble);
  }
}

/** Path and label of a split's images, in its order: what large datasets are drawn from. */
export function listEntries(
  db: Database,
  datasetId: string,
  split: SplitName,
): { path: string; label: number }[] {
  return all(
    db,
    'SELECT path, label FROM images WHERE dataset_id = ? AND split = ? ORDER BY position',
    datasetId,
    split,
  );
}

/** The labels that occur in a split, ascending. */
export function labelsIn(db: Database, datasetId: string, split: SplitName): number[] {
  const rows = all<{ label: number }>(
    db,
    'SELECT DISTINCT label FROM images WHERE dataset_id = ? AND split = ? ORDER BY label',
    datasetId,
    split,
  );
  return rows.map(({ label }) => label);
}

/** Entries of a dataset whose files were listed and not read yet: told by their index alone. */
export function countUnread(db: Database, datasetId: string): number {
  const row = one<{ n: number }>(
    db,
    `SELECT count(*) AS n FROM images
     WHERE dataset_id = ? AND sha256 IS NULL AND trouble IS NULL`,
    datasetId,
  );
  return row?.n ?? 0;
}

/** One split, in its order. */
export function listImages(db: Database, datasetId: string, split: SplitName): ImageRow[] {
  return all(
    db,
    `${SELECT} WHERE dataset_id = ? AND split = ? ORDER BY position`,
    datasetId,
    split,
  );
}

/** The images of these paths; a path that the split lacks is missing from the answer. */
export function imagesByPath(
  db: Database,
  datasetId: string,
  split: SplitName,
  paths: Iterable<string>,
): Map<string, ImageRow> {
  const query = statement(
    db,
    `${SELECT} ${BY_PATH} WHERE dataset_id = ? AND split = ? AND path = ?
     ORDER BY position LIMIT 1`,
  );
  const found = new Map<string, ImageRow>();
  for (const path of paths) {
    const row = query.get(datasetId, split, path) as ImageRow | undefined;
    if (row !== undefined) found.set(path, row);
  }
  return found;
}

/** Cluster of each of these images, or null where none of them is in a cluster. */
export function clustersOf(
  db: Database,
  datasetId: string,
  split: SplitName,
  ids: Iterable<string>,
): Map<string, string> | null {
  const clusters = new Map<string, string>();
  let clustered = false;
  for (const [id, image] of imagesByPath(db, datasetId, split, ids)) {
    if (image.cluster !== null) clustered = true;
    // An image without a cluster is one of its own.
    clusters.set(id, image.cluster ?? `image:${id}`);
  }
  return clustered ? clusters : null;
}

/** What is needed to read an image: its path, where its file lies, and the content it had. */
export type ImageFile = Pick<ImageRow, 'split' | 'path' | 'file' | 'sha256' | 'sizeBytes'>;

const FILE = 'SELECT split, path, file, sha256, size_bytes AS sizeBytes FROM images';

/** Files that were listed and not read yet. */
export function nextUnread(db: Database, datasetId: string, limit: number): ImageFile[] {
  const where = 'WHERE dataset_id = ? AND sha256 IS NULL AND trouble IS NULL';
  return all(db, `${FILE} ${where} LIMIT ?`, datasetId, limit);
}

/** Files of a split in the order of their paths, those after `afterPath`. */
export function nextFiles(
  db: Database,
  datasetId: string,
  split: SplitName,
  afterPath: string,
  limit: number,
): ImageFile[] {
  const where = 'WHERE dataset_id = ? AND split = ? AND path > ? ORDER BY path LIMIT ?';
  return all(db, `${FILE} ${where}`, datasetId, split, afterPath, limit);
}

/** Keeps what reading a file told, in every list that has it. Within the caller's transaction. */
export function recordPicture(
  db: Database,
  datasetId: string,
  path: string,
  picture: PictureFacts & Pick<ImageRow, 'perceptualHash'>,
): void {
  const { sizeBytes, sha256, contentType, width, height, perceptualHash } = picture;
  const facts = [sizeBytes, sha256, contentType, width, height, perceptualHash];
  for (const split of ['train', 'val', 'test']) {
    run(
      db,
      `UPDATE images ${BY_PATH} SET size_bytes = ?, sha256 = ?, content_type = ?, width = ?, height = ?,
         perceptual_hash = ?, trouble = NULL WHERE dataset_id = ? AND split = ? AND path = ?`,
      ...facts,
      datasetId,
      split,
      path,
    );
  }
}

/** Keeps why a file cannot be used; what it held stays known. */
export function recordTrouble(db: Database, datasetId: string, path: string, why: string): void {
  for (const split of ['train', 'val', 'test']) {
    run(
      db,
      `UPDATE images ${BY_PATH} SET trouble = ? WHERE dataset_id = ? AND split = ? AND path = ?`,
      why,
      datasetId,
      split,
      path,
    );
  }
}

/** Images that cannot be used, each path once. */
export function listTroubles(db: Database, datasetId: string): { path: string; trouble: string }[] {
  return all(
    db,
    `SELECT DISTINCT path, trouble FROM images
     WHERE dataset_id = ? AND trouble IS NOT NULL ORDER BY path`,
    datasetId,
  );
}

/** Entries that leave a dataset's lists, and the new label of each old one (null: its images go too). */
export type ListsChange = {
  removed: readonly Pick<ImageRow, 'split' | 'position'>[];
  labels: readonly (number | null)[];
};

/**
 * Takes entries out, gives the others their new labels, and closes the holes in the order. Answers how
 * many entries went. Within the caller's transaction.
 */
export function changeLists(db: Database, datasetId: string, change: ListsChange): number {
  let gone = 0;
  for (const { split, position } of change.removed) {
    gone += run(
      db,
      'DELETE FROM images WHERE dataset_id = ? AND split = ? AND position = ?',
      datasetId,
      split,
      position,
    ).changes;
  }
  const labels = JSON.stringify(change.labels);
  const newLabel = "json_extract(:labels, '$[' || label || ']')";
  gone += run(db, `DELETE FROM images WHERE dataset_id = :datasetId AND ${newLabel} IS NULL`, {
    datasetId,
    labels,
  }).changes;
  // A position is part of the key, so new ones are negative until all have theirs.
  run(
    db,
    `UPDATE images SET position = -1 - place.place, label = ${newLabel}
     FROM (SELECT split AS of, position AS old,
         row_number() OVER (PARTITION BY split ORDER BY position) - 1 AS place
       FROM images WHERE dataset_id = :datasetId) AS place
     WHERE dataset_id = :datasetId AND split = place.of AND position = place.old`,
    { datasetId, labels },
  );
  run(db, 'UPDATE images SET position = -1 - position WHERE dataset_id = ?', datasetId);
  return gone;
}

type Lean = Pick<ImageRow, 'split' | 'position' | 'path' | 'label' | 'sha256' | 'cluster'> &
  Pick<ImageRow, 'perceptualHash' | 'file' | 'trouble'>;

/** All images, split by split in their order, one at a time; no other query may run meanwhile. */
export function iterateImages(db: Database, datasetId: string): Iterable<Lean> {
  return statement(
    db,
    `SELECT split, position, path, label, sha256, cluster, perceptual_hash AS perceptualHash, file,
       trouble FROM images WHERE dataset_id = ?
     ORDER BY CASE split WHEN 'train' THEN 0 WHEN 'val' THEN 1 ELSE 2 END, position`,
  ).iterate(datasetId) as Iterable<Lean>;
}

/** Where an image's file lies below the image root; null: under its own path. */
export function setFile(db: Database, datasetId: string, path: string, file: string | null): void {
  for (const split of ['train', 'val', 'test']) {
    run(
      db,
      `UPDATE images ${BY_PATH} SET file = ?
       WHERE dataset_id = ? AND split = ? AND path = ? AND file IS NOT ?`,
      file,
      datasetId,
      split,
      path,
      file,
    );
  }
}
