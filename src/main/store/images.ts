import type { Database } from './database.ts';
import type { SplitName } from './datasets.ts';
import { all, statement } from './statement.ts';

export type ImageRow = {
  split: SplitName;
  /** Order in its split list, from 0. */
  position: number;
  /** Relative to the dataset's image root, with `/`; the image's id. */
  path: string;
  label: number;
  sizeBytes: number;
  sha256: string;
  contentType: string;
  width: number;
  height: number;
  /** Images of one cluster are drawn from one original; null where there are no clusters. */
  cluster: string | null;
};

const SELECT = `SELECT split, position, path, label, size_bytes AS sizeBytes, sha256,
  content_type AS contentType, width, height, cluster FROM images`;

/** Within the caller's transaction. */
export function insertImages(db: Database, datasetId: string, images: Iterable<ImageRow>): void {
  const insert = statement(
    db,
    `INSERT INTO images (dataset_id, split, position, path, label, size_bytes, sha256,
       content_type, width, height, cluster)
     VALUES (:datasetId, :split, :position, :path, :label, :sizeBytes, :sha256,
       :contentType, :width, :height, :cluster)`,
  );
  for (const image of images) insert.run({ ...image, datasetId });
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
    `${SELECT} WHERE dataset_id = ? AND split = ? AND path = ? ORDER BY position LIMIT 1`,
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
