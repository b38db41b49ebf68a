import { basename, resolve } from 'node:path';
import { FaptError } from '../../shared/errors.ts';
import { say } from '../../shared/sentence.ts';
import { setAlikePairs } from '../store/alike-images.ts';
import type { Database } from '../store/database.ts';
import {
  type DatasetProblem,
  type DatasetRow,
  getDataset,
  insertDataset,
  type MadeSplit,
  type NewDataset,
  refuseTakenName,
  type SplitName,
} from '../store/datasets.ts';
import { insertImages, type NewImage } from '../store/images.ts';
import { checkClasses } from './check-classes.ts';
import { type CheckedEntries, checkEntries } from './check-entries.ts';
import { checkLeaks } from './check-leaks.ts';
import { DEFAULT_SPLIT } from './make-split.ts';
import { openSource } from './open-source.ts';
import { boundProblems, problem, refuseProblems } from './problems.ts';
import { readListing } from './readers/choose-reader.ts';
import type { Listing } from './readers/listing.ts';
import { expectedCounts } from './readers/preset.ts';
import { type DatasetCard, readCard, readClusters } from './sidecars.ts';
import { SPLITS } from './split.ts';
import { splitHash } from './split-hash.ts';
import { DEFAULT_TEMPLATE, refuseTemplate } from './templates.ts';

export type AddDatasetOptions = {
  path: string;
  name?: string | undefined;
  /** Folder that the paths start from. */
  images?: string | undefined;
  /** One of `DATASET_FORMATS`. */
  format?: string | undefined;
  /** For a split that the source does not tell. */
  split?: MadeSplit | undefined;
  /** Class folders without pictures stay classes. */
  keepEmpty?: boolean | undefined;
  /** Whether pictures are read now; if not given, they are where there are not too many. */
  read?: boolean | undefined;
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

/** Above this many pictures an import lists them, and `checkDataset` reads them afterwards. */
export const READ_NOW_UP_TO = 50_000;

/**
 * Checks a dataset and, unless `dryRun`, stores it in one transaction. `db` may be null for a dry
 * run. Throws `file-missing`, `dataset-format`, `split-shape`, `json-broken`, `text-encoding`, `table-*`,
 * `zip-*`, `preset-incomplete`, `images-missing`, `template-shape`, `dataset-exists`,
 * `dataset-problems`.
 */
export async function addDataset(
  db: Database | null,
  options: AddDatasetOptions,
): Promise<DatasetReport & { dataset: DatasetRow | null }> {
  const storing = !options.dryRun;
  if (storing && db === null) throw new TypeError('only a dry run works without a database');
  if (storing && db !== null && options.name) refuseTakenName(db, options.name);
  const source = await openSource(db, options);
  try {
    const listing = await readListing(source.path, source.format, {
      images: options.images && resolve(options.images),
      madeSplit: options.split ?? DEFAULT_SPLIT,
      keepEmpty: options.keepEmpty,
      signal: options.signal,
    });
    const prepared = await prepare(source.name, listing, db, options);
    const { fresh, checked } = prepared;
    if (source.archive) fresh.source = source.archive;
    fresh.problems.unshift(...source.problems);
    if (!storing || db === null) return { ...reportOf(prepared), dataset: null };
    refuseProblems(fresh.source, fresh.problems, options.strict ?? false);
    const dataset = store(db, prepared, checked);
    source.keep();
    return { ...reportOf(prepared), dataset };
  } catch (error) {
    throw source.told(error);
  } finally {
    source.close();
  }
}

type Prepared = {
  fresh: NewDataset;
  counts: DatasetReport['counts'];
  checked: CheckedEntries;
  alike: Awaited<ReturnType<typeof checkLeaks>>['alike'];
};

async function prepare(
  archiveName: string | null,
  listing: Listing,
  db: Database | null,
  options: AddDatasetOptions,
): Promise<Prepared> {
  const card = readCard(listing.folder);
  const name = options.name ?? card.name ?? archiveName ?? listing.name;
  if (!options.dryRun && db !== null) refuseTakenName(db, name);
  const { split, imageRoot, walked } = listing;
  const total = SPLITS.reduce((sum, name) => sum + split.lists[name].length, 0);
  const read = options.read ?? total <= READ_NOW_UP_TO;
  const clusters = readClusters(listing.folder);
  const checked = await checkEntries(split, imageRoot, { ...options, clusters, walked, read });
  const counts = countsOf(checked);
  refuseNothingFound(listing, counts);
  const file = basename(listing.source);
  const leaks = await checkLeaks(checked.images(), imageRoot, options.signal);
  const found = { classes: split.classNames.length, counts };
  const problems = [
    ...split.problems,
    ...checked.problems,
    ...checkClasses(split.classNames, checked.images(), file),
    ...leaks.problems,
    ...(listing.preset ? expectedCounts(listing.preset, found) : []),
    ...(read ? [] : [unreadNote(total, file)]),
  ];
  const splitHashOf = read ? 'content' : 'listing';
  const fresh: NewDataset = {
    ...describe(listing, card),
    name,
    splitHashOf,
    splitHash: splitHash(split.classNames, checked.images(), splitHashOf),
    clustered: clusters !== null && hasClusters(checked.images()),
    demo: options.demo ?? card.demo ?? false,
    problems: boundProblems(problems),
    skipped: [...listing.skipped, ...checked.skipped],
  };
  return { fresh, counts, checked, alike: leaks.alike };
}

function describe(
  listing: Listing,
  card: DatasetCard,
): Omit<
  NewDataset,
  'name' | 'splitHash' | 'splitHashOf' | 'clustered' | 'demo' | 'problems' | 'skipped'
> {
  const { format, source, imageRoot, split, madeSplit, preset } = listing;
  const template = card.template ?? preset?.template ?? DEFAULT_TEMPLATE;
  refuseTemplate(template, `in ${listing.folder}/dataset.json`);
  return {
    format,
    source,
    imageRoot,
    classNames: split.classNames,
    template,
    description: card.description ?? null,
    licence: card.licence ?? null,
    preset: preset?.name ?? null,
    madeSplit,
  };
}

function unreadNote(total: number, file: string): DatasetProblem {
  return problem('unread', file, say('problem.unread', { n: total }));
}

function store(db: Database, { fresh, alike }: Prepared, checked: CheckedEntries): DatasetRow {
  return db
    .transaction(() => {
      const id = insertDataset(db, fresh);
      insertImages(db, id, checked.images());
      setAlikePairs(db, id, alike);
      return getDataset(db, id);
    })
    .immediate();
}

function hasClusters(images: Iterable<NewImage>): boolean {
  for (const { cluster } of images) if (cluster !== null) return true;
  return false;
}

function countsOf(checked: CheckedEntries): DatasetReport['counts'] {
  const counts = { train: 0, val: 0, test: 0 };
  for (const { split } of checked.images()) counts[split] += 1;
  return counts;
}

function reportOf({ fresh, counts }: Prepared): DatasetReport {
  const { format, classNames, problems, skipped } = fresh;
  return { format, classes: classNames, counts, problems, skipped };
}

function refuseNothingFound(
  { source, imageRoot }: Listing,
  { train, val, test }: DatasetReport['counts'],
): void {
  if (train + val + test > 0) return;
  throw new FaptError(
    'images-missing',
    `None of the pictures that ${source} names can be read under ${imageRoot}: choose the folder that they are in (--images on the command line).`,
  );
}
