import { FaptError } from '../../shared/errors.ts';
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
  counts: Record<SplitName, number>;
  /** Images come in clusters (see `images.cluster`), so they are not independent. */
  clustered: boolean;
  demo: boolean;
  problems: DatasetProblem[];
  /** Files left out since they could not be read as pictures. */
  skipped: string[];
  createdAt: number;
};

export type NewDataset = Omit<DatasetRow, 'id' | 'createdAt' | 'counts'>;

type Stored = Omit<
  DatasetRow,
  'classNames' | 'counts' | 'clustered' | 'demo' | 'problems' | 'skipped'
> & { classNames: string; clustered: number; demo: number; problems: string; skipped: string };

const SELECT = `SELECT id, name, format, source, image_root AS imageRoot,
  class_names AS classNames, template, description, licence, split_hash AS splitHash,
  clustered, demo, problems, skipped, created_at AS createdAt FROM datasets`;

/** Stores the dataset's own row and answers its id; its images follow in the same transaction. */
export function insertDataset(db: Database, dataset: NewDataset): string {
  refuseTakenName(db, dataset.name);
  const id = newId();
  run(
    db,
    `INSERT INTO datasets (id, name, format, source, image_root, class_names, template,
       description, licence, split_hash, clustered, demo, problems, skipped, created_at)
     VALUES (:id, :name, :format, :source, :imageRoot, :classNames, :template,
       :description, :licence, :splitHash, :clustered, :demo, :problems, :skipped, :createdAt)`,
    {
      ...dataset,
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
    `A dataset named "${name}" is already there: choose another name with --name.`,
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
  const counts = { train: 0, val: 0, test: 0 };
  const rows = all<{ split: SplitName; n: number }>(
    db,
    'SELECT split, count(*) AS n FROM images WHERE dataset_id = ? GROUP BY split',
    row.id,
  );
  for (const { split, n } of rows) counts[split] = n;
  return {
    ...row,
    classNames: JSON.parse(row.classNames),
    counts,
    clustered: row.clustered === 1,
    demo: row.demo === 1,
    problems: JSON.parse(row.problems),
    skipped: JSON.parse(row.skipped),
  };
}
