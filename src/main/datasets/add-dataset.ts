import { basename, extname, resolve } from 'node:path';
import { FaptError } from '../../shared/errors.ts';
import type { Database } from '../store/database.ts';
import {
  type DatasetProblem,
  type DatasetRow,
  getDataset,
  insertDataset,
  type NewDataset,
  refuseTakenName,
  type SplitName,
} from '../store/datasets.ts';
import { type ImageRow, insertImages } from '../store/images.ts';
import { checkClasses } from './check-classes.ts';
import { checkEntries } from './check-entries.ts';
import { checkLeaks } from './check-leaks.ts';
import { type DATASET_FORMATS, imageRoot, type Located, locate } from './locate.ts';
import { refuseProblems } from './problems.ts';
import { readSplit, SPLITS, type Split } from './read-split.ts';
import { type DatasetCard, readCard, readClusters } from './sidecars.ts';
import { splitHash } from './split-hash.ts';
import { refuseTemplate, templateFor } from './templates.ts';

export type AddDatasetOptions = {
  path: string;
  name?: string | undefined;
  /** Folder that the paths start from. */
  images?: string | undefined;
  format?: (typeof DATASET_FORMATS)[number] | undefined;
  /** Report only; nothing is stored. */
  dryRun?: boolean | undefined;
  /** Every problem is an error. */
  strict?: boolean | undefined;
  /** Shipped with this program: its numbers are marked as demo. */
  demo?: boolean | undefined;
  onProgress?: ((done: number, total: number) => void) | undefined;
  signal?: AbortSignal | undefined;
};

/** What `dataset add --dry-run` prints. `counts` are the images that can be used. */
export type DatasetReport = {
  format: string;
  classes: string[];
  counts: Record<SplitName, number>;
  problems: DatasetProblem[];
  skipped: string[];
};

/**
 * Checks a dataset and, unless `dryRun`, stores it in one transaction. `db` may be null for a dry
 * run. Throws `file-missing`, `dataset-format`, `split-shape`, `json-broken`, `text-encoding`,
 * `images-missing`, `template-shape`, `dataset-exists`, `dataset-problems`.
 */
export async function addDataset(
  db: Database | null,
  options: AddDatasetOptions,
): Promise<DatasetReport & { dataset: DatasetRow | null }> {
  const located = locate(resolve(options.path), options.format ?? 'auto');
  const card = readCard(located.folder);
  const name = options.name ?? card.name ?? located.name;
  const storing = !options.dryRun;
  if (storing && db !== null) refuseTakenName(db, name);
  const split = readSplit(located.splitFile);
  const root = imageRoot(located, options.images && resolve(options.images), pathsOf(split));
  const clusters = readClusters(located.folder);
  const checked = await checkEntries(split, root, { ...options, clusters });
  refuseNothingFound(located, root, checked.images);
  const file = basename(located.splitFile);
  const problems = [
    ...split.problems,
    ...checked.problems,
    ...checkClasses(split.classNames, checked.images, file),
    ...checkLeaks(checked.images),
  ];
  const fresh: NewDataset = {
    ...describe(located, card, split, root),
    name,
    splitHash: splitHash(split.classNames, checked.images),
    clustered: checked.images.some(({ cluster }) => cluster !== null),
    demo: options.demo ?? card.demo ?? false,
    problems,
    skipped: checked.skipped,
  };
  if (storing) refuseProblems(located.splitFile, problems, options.strict ?? false);
  const dataset = storing ? store(db, fresh, checked.images) : null;
  return { ...reportOf(fresh, checked.images), dataset };
}

function describe(
  located: Located,
  card: DatasetCard,
  split: Split,
  root: string,
): Pick<
  NewDataset,
  'format' | 'source' | 'imageRoot' | 'classNames' | 'template' | 'description' | 'licence'
> {
  const splitName = basename(located.splitFile, extname(located.splitFile));
  const template = card.template ?? templateFor(splitName);
  refuseTemplate(template, `${located.folder}/dataset.json`);
  return {
    format: located.format,
    source: located.splitFile,
    imageRoot: root,
    classNames: split.classNames,
    template,
    description: card.description ?? null,
    licence: card.licence ?? null,
  };
}

function store(db: Database | null, fresh: NewDataset, images: ImageRow[]): DatasetRow {
  if (db === null) throw new TypeError('only a dry run works without a database');
  return db
    .transaction(() => {
      const id = insertDataset(db, fresh);
      insertImages(db, id, images);
      return getDataset(db, id);
    })
    .immediate();
}

function reportOf(fresh: NewDataset, images: readonly ImageRow[]): DatasetReport {
  const counts = { train: 0, val: 0, test: 0 };
  for (const { split } of images) counts[split] += 1;
  const { format, classNames, problems, skipped } = fresh;
  return { format, classes: classNames, counts, problems, skipped };
}

function refuseNothingFound(located: Located, root: string, images: readonly ImageRow[]): void {
  if (images.length > 0) return;
  throw new FaptError(
    'images-missing',
    `None of the pictures that ${located.splitFile} names can be read under ${root}: give their folder with --images.`,
  );
}

function pathsOf(split: Split): string[] {
  return SPLITS.flatMap((name) => split.lists[name].map(({ path }) => path));
}
