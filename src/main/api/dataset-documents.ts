import { existsSync } from 'node:fs';
import type {
  DatasetDetail,
  DatasetImage,
  DatasetProblem,
  DatasetSummary,
} from '../../shared/api/datasets.ts';
import { levelOf } from '../datasets/problems.ts';
import { remediesFor } from '../datasets/remedies.ts';
import { pinnedImages, probeSplit } from '../jobs/probe-set.ts';
import type { Database } from '../store/database.ts';
import { countUses, type DatasetRow, type SplitName } from '../store/datasets.ts';
import { type ImageRow, imagesByPath } from '../store/images.ts';
import { all, one } from '../store/statement.ts';

export function datasetSummary(row: DatasetRow): DatasetSummary {
  const { id, name, format, counts, template, demo, clustered, createdAt } = row;
  const classes = row.classNames.length;
  const problems = row.problems.filter((one) => levelOf(one) !== 'noted').length;
  return { id, name, format, classes, counts, template, demo, clustered, problems, createdAt };
}

export function datasetDetail(db: Database, row: DatasetRow): DatasetDetail {
  const { source, imageRoot, description, licence, splitHash, classNames, skipped } = row;
  const { splitHashOf, preset, madeSplit } = row;
  const counts = (split: SplitName) => classCounts(db, row, split);
  return {
    ...datasetSummary(row),
    source,
    imageRoot,
    hasImageRoot: existsSync(imageRoot),
    description,
    licence,
    splitHash,
    splitHashOf,
    preset,
    madeSplit,
    classNames,
    classCounts: { train: counts('train'), val: counts('val'), test: counts('test') },
    problemList: row.problems.map(datasetProblem),
    skipped,
    remedies: remediesFor(row).map(({ remedy, cures }) => ({ remedy, cures })),
    pinned: pinned(db, row),
    runs: countUses(db, row.id),
  };
}

export function datasetProblem(problem: DatasetRow['problems'][number]): DatasetProblem {
  return { ...problem, level: levelOf(problem) };
}

/** Those that are still in the list. */
function pinned(db: Database, row: DatasetRow): DatasetDetail['pinned'] {
  const split = probeSplit(row);
  const images = pinnedImages(db, row.id);
  const known = imagesByPath(db, row.id, split, images);
  return { split, images: images.filter((path) => known.has(path)) };
}

/** Images of each label. */
function classCounts(db: Database, { id, classNames }: DatasetRow, split: SplitName): number[] {
  const rows = all<{ label: number; n: number }>(
    db,
    `SELECT label, count(*) AS n FROM images WHERE dataset_id = ? AND split = ? GROUP BY label`,
    id,
    split,
  );
  const counts = new Map(rows.map(({ label, n }) => [label, n]));
  return classNames.map((_, label) => counts.get(label) ?? 0);
}

export function datasetImage({ path, label, width, height, cluster }: ImageRow): DatasetImage {
  return { path, label, width, height, cluster };
}

export type ImagePage = {
  split: SplitName;
  label: number | null;
  text: string;
  offset: number;
  limit: number;
};

/** A page of a split, of one class or of all, whose paths hold a text, in the split's order. */
export function imagePage(
  db: Database,
  { id, counts }: DatasetRow,
  page: ImagePage,
): { total: number; images: DatasetImage[] } {
  const { split, label, text, offset, limit } = page;
  const columns = 'SELECT path, label, width, height, cluster FROM images';
  if (label === null && text === '') {
    // Positions have no holes, so a page of a million is found without going over those before it.
    const images = all<DatasetImage>(
      db,
      `${columns} WHERE dataset_id = :id AND split = :split
         AND position >= :offset AND position < :end ORDER BY position`,
      { id, split, offset, end: offset + limit },
    );
    return { total: counts[split], images };
  }
  const where = `dataset_id = :id AND split = :split AND (:label IS NULL OR label = :label)
     AND (:text = '' OR instr(lower(path), lower(:text)) > 0)`;
  const filter = { id, split, label, text };
  const counted = one<{ n: number }>(db, `SELECT count(*) AS n FROM images WHERE ${where}`, filter);
  const images = all<DatasetImage>(
    db,
    `${columns} WHERE ${where} ORDER BY position LIMIT :limit OFFSET :offset`,
    { ...filter, offset, limit },
  );
  return { total: counted?.n ?? 0, images };
}
