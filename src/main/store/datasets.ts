import { FaptError } from '../../shared/errors.ts';
import { fromStoredPath, toStoredPath } from '../workspace/resources.ts';
import type { Database } from './database.ts';
import { newId } from './ids.ts';
import { all, one, run } from './statement.ts';

export type SplitName = 'train' | 'val' | 'test';

/** Something about a dataset's files that a person should know before trusting its numbers. */
export type DatasetProblem = { file: string; kind: string; message: string };

export type DatasetRow = {
  id: string;
  name: string;
  format: string;
  /** The split file or folder it was imported from. */
  source: string;
  /** Folder that the images' paths start from. */
  imageRoot: string;
  /** As written in the split: underscores are kept. Index is the label. */
  classNames: string[];
  template: string;
  description: string | null;
  licence: string | null;
  /** SHA-256 over the three lists; two datasets with one hash hold the same entries. */
  splitHash: string;
  /** What the hash is about: the pictures' content too, or (a large dataset) the lists alone. */
  splitHashOf: 'content' | 'listing';
  /** Published dataset whose rules were followed, null for one's own. */
  preset: string | null;
  /** How a split that was made at the import came about; null where the source told it. */
  madeSplit: MadeSplit | null;
  counts: Record<SplitName, number>;
  /** Images come in clusters (see `images.cluster`), so they are not independent. */
  clustered: boolean;
  demo: boolean;
  problems: DatasetProblem[];
  /** Files left out since they could not be read as pictures. */
  skipped: string[];
  createdAt: number;
};

/** A split drawn here: parts of train, val and test in percent, from a seed. */
export type MadeSplit = { seed: number; ratio: [train: number, val: number, test: number] };

type Optional = 'splitHashOf' | 'preset' | 'madeSplit';
export type NewDataset = Omit<DatasetRow, 'id' | 'createdAt' | 'counts' | Optional> &
  Partial<Pick<DatasetRow, Optional>>;

type Stored = Omit<
  DatasetRow,
  'classNames' | 'counts' | 'clustered' | 'demo' | 'problems' | 'skipped' | 'madeSplit'
> & {
  classNames: string;
  clustered: number;
  demo: number;
  problems: string;
  skipped: string;
  madeSplit: string | null;
};

const SELECT = `SELECT id, name, format, source, image_root AS imageRoot,
  class_names AS classNames, template, description, licence, split_hash AS splitHash,
  clustered, demo, problems, skipped, created_at AS createdAt, preset, made_split AS madeSplit,
  split_hash_of AS splitHashOf FROM datasets`;

/** Stores the dataset's own row and answers its id; its images follow in the same transaction. */
export function insertDataset(db: Database, dataset: NewDataset): string {
  refuseTakenName(db, dataset.name);
  const id = newId();
  run(
    db,
    `INSERT INTO datasets (id, name, format, source, image_root, class_names, template,
       description, licence, split_hash, clustered, demo, problems, skipped, created_at, preset,
       made_split, split_hash_of)
     VALUES (:id, :name, :format, :source, :imageRoot, :classNames, :template,
       :description, :licence, :splitHash, :clustered, :demo, :problems, :skipped, :createdAt,
       :preset, :madeSplit, :splitHashOf)`,
    {
      ...dataset,
      source: toStoredPath(dataset.source),
      imageRoot: toStoredPath(dataset.imageRoot),
      preset: dataset.preset ?? null,
      madeSplit: dataset.madeSplit ? JSON.stringify(dataset.madeSplit) : null,
      splitHashOf: dataset.splitHashOf ?? 'content',
      id,
      classNames: JSON.stringify(dataset.classNames),
      clustered: dataset.clustered ? 1 : 0,
      demo: dataset.demo ? 1 : 0,
      problems: JSON.stringify(dataset.problems),
      skipped: JSON.stringify(dataset.skipped),
      createdAt: Date.now(),
    },
  );
  return id;
}

/** Throws `dataset-exists` where the name is taken. */
export function refuseTakenName(db: Database, name: string): void {
  if (one(db, 'SELECT 1 FROM datasets WHERE name = ?', name) === undefined) return;
  throw new FaptError(
    'dataset-exists',
    `A dataset named "${name}" is already there: choose another name (--name on the command line).`,
  );
}

export function findDataset(db: Database, nameOrId: string): DatasetRow | null {
  const row =
    one<Stored>(db, `${SELECT} WHERE name = ?`, nameOrId) ??
    one<Stored>(db, `${SELECT} WHERE id = ?`, nameOrId);
  return row === undefined ? null : fromStored(db, row);
}

/** Throws `dataset-unknown`, naming the datasets there are. */
export function getDataset(db: Database, nameOrId: string): DatasetRow {
  const dataset = findDataset(db, nameOrId);
  if (dataset !== null) return dataset;
  const names = all<{ name: string }>(db, 'SELECT name FROM datasets ORDER BY name');
  const known =
    names.length === 0
      ? 'there are none yet'
      : `there are ${names.map((row) => row.name).join(', ')}`;
  throw new FaptError(
    'dataset-unknown',
    `There is no dataset named "${nameOrId}" in this workspace (${known}): add it with "fapt dataset add PATH".`,
  );
}

export function listDatasets(db: Database): DatasetRow[] {
  return all<Stored>(db, `${SELECT} ORDER BY name`).map((row) => fromStored(db, row));
}

function fromStored(db: Database, row: Stored): DatasetRow {
  // Positions have no holes, so the last one tells the number without going over them.
  const count = (split: SplitName): number =>
    one<{ n: number }>(
      db,
      'SELECT coalesce(max(position) + 1, 0) AS n FROM images WHERE dataset_id = ? AND split = ?',
      row.id,
      split,
    )?.n ?? 0;
  return {
    ...row,
    source: fromStoredPath(row.source),
    imageRoot: fromStoredPath(row.imageRoot),
    classNames: JSON.parse(row.classNames),
    counts: { train: count('train'), val: count('val'), test: count('test') },
    clustered: row.clustered === 1,
    demo: row.demo === 1,
    problems: JSON.parse(row.problems),
    skipped: JSON.parse(row.skipped),
    madeSplit: row.madeSplit === null ? null : JSON.parse(row.madeSplit),
  };
}

/** What an edit or a remedy may change of the dataset's own row. */
export type DatasetUpdate = Partial<
  Pick<
    DatasetRow,
    'classNames' | 'template' | 'splitHash' | 'imageRoot' | 'problems' | 'skipped' | 'clustered'
  >
>;

/** Within the caller's transaction. */
export function updateDataset(db: Database, dataset: DatasetRow, changes: DatasetUpdate): void {
  const { classNames, template, splitHash, imageRoot, problems, skipped, clustered } = {
    ...dataset,
    ...changes,
  };
  run(
    db,
    `UPDATE datasets SET class_names = ?, template = ?, split_hash = ?, image_root = ?,
       problems = ?, skipped = ?, clustered = ? WHERE id = ?`,
    JSON.stringify(classNames),
    template,
    splitHash,
    toStoredPath(imageRoot),
    JSON.stringify(problems),
    JSON.stringify(skipped),
    clustered ? 1 : 0,
    dataset.id,
  );
}

/** Runs and evaluations whose numbers are about this dataset, deleted ones that can come back included. */
export function countUses(db: Database, datasetId: string): number {
  const row = one<{ n: number }>(
    db,
    `SELECT (SELECT count(*) FROM runs WHERE dataset_id = :id)
       + (SELECT count(*) FROM evaluations WHERE dataset_id = :id) AS n`,
    { id: datasetId },
  );
  return row?.n ?? 0;
}

/** A dataset with the same lists under another name, within the caller's transaction. */
export function copyDataset(db: Database, dataset: DatasetRow, name: string): DatasetRow {
  const id = insertDataset(db, { ...dataset, name });
  run(
    db,
    `INSERT INTO images (dataset_id, split, position, path, label, size_bytes, sha256, content_type,
       width, height, cluster, perceptual_hash, file, trouble)
     SELECT ?, split, position, path, label, size_bytes, sha256, content_type,
       width, height, cluster, perceptual_hash, file, trouble FROM images WHERE dataset_id = ?`,
    id,
    dataset.id,
  );
  run(
    db,
    `INSERT INTO alike_images (dataset_id, test_path, train_path, distance)
     SELECT ?, test_path, train_path, distance FROM alike_images WHERE dataset_id = ?`,
    id,
    dataset.id,
  );
  return getDataset(db, id);
}
