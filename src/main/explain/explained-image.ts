import { readFile } from 'node:fs/promises';
import type { ImageSource } from '../../shared/api/attribution.ts';
import { FaptError } from '../../shared/errors.ts';
import type { App } from '../api/app.ts';
import { nearest } from '../api/nearest.ts';
import { chooseClasses, ofClasses } from '../datasets/class-set.ts';
import { resolveExamples } from '../datasets/examples.ts';
import { datasetNamed } from '../models/bundled.ts';
import { decodeApart } from '../pictures/decode-apart.ts';
import { type DatasetRow, getDataset, type SplitName } from '../store/datasets.ts';
import type { RunRow } from '../store/runs.ts';
import { sha256OfBytes } from '../workspace/hash.ts';
import { ResultCache } from './result-cache.ts';

/** An image that can be asked about, whatever run is asked. */
export type ExplainedImage = {
  /** Path in its split, or the dropped file's name. */
  name: string;
  /** Keys the attack's draws: the path in the split, or the content. */
  id: string;
  file: string;
  sha256: string;
  /** Where it is in a split, with its label there. */
  listed: { dataset: DatasetRow; split: SplitName; label: number } | null;
};

/**
 * Finds the image of a question. A dropped one is kept among the results, so that it can be asked
 * about again without being sent.
 * @throws FaptError `examples-unknown`, `files-*`, `image-forgotten`, `image-unreadable`, `image-enormous`
 */
export async function openImage(
  app: App,
  run: RunRow,
  source: ImageSource,
): Promise<ExplainedImage> {
  const cache = new ResultCache(app.workspace);
  switch (source.from) {
    case 'test':
      return listedImage(app, getDataset(app.db, run.datasetId), 'test', source.example);
    case 'dataset': {
      const dataset = await datasetNamed(app, source.dataset);
      return listedImage(app, dataset, source.split, source.example);
    }
    case 'file': {
      const sha256 = sha256OfBytes(source.bytes);
      if (!(await cache.has(sha256))) await cache.writeBytes(sha256, source.bytes);
      await refuseUnreadable(source.name, cache.file(sha256));
      return dropped(source.name, sha256, cache.file(sha256));
    }
    case 'kept': {
      if (await cache.has(source.sha256)) {
        return dropped(source.name, source.sha256, cache.file(source.sha256));
      }
      throw new FaptError(
        'image-forgotten',
        `The dropped image "${source.name}" is no longer kept: drop it again.`,
      );
    }
  }
}

/** An error about a dropped picture calls it as the person does. */
async function refuseUnreadable(name: string, file: string): Promise<void> {
  try {
    await decodeApart('size', file);
  } catch (cause) {
    if (!(cause instanceof FaptError)) throw cause;
    throw new FaptError(cause.code, cause.message.replaceAll(file, name), { cause });
  }
}

function dropped(name: string, sha256: string, file: string): ExplainedImage {
  return { name, id: `sha256:${sha256}`, file, sha256, listed: null };
}

async function listedImage(
  app: App,
  dataset: DatasetRow,
  split: SplitName,
  name: string,
): Promise<ExplainedImage> {
  const [example] = await resolveExamples(app.db, dataset, split, [name]);
  const { id, path, label } = example as NonNullable<typeof example>;
  const sha256 = sha256OfBytes(await readFile(path));
  return { name, id, file: path, sha256, listed: { dataset, split, label } };
}

/**
 * An image's label among the classes of a run: by the split where it is of the run's own dataset,
 * else by the class's name; null where nothing tells it.
 * @throws FaptError `examples-unknown` for an image of other classes than the run's
 */
export function labelAmong(
  app: App,
  run: RunRow,
  classNames: string[],
  { listed, name }: ExplainedImage,
): number | null {
  if (!listed) return null;
  const { dataset, label } = listed;
  if (dataset.id !== run.datasetId) {
    return findClass(dataset.classNames[label] ?? '', classNames);
  }
  const { classes } = run.config;
  const [example] = ofClasses([{ label }], chooseClasses(app.db, dataset, classes));
  if (example) return example.label;
  throw new FaptError(
    'examples-unknown',
    `The image "${name}" is not of the ${classes} classes that run ${run.id} knows: choose one that is.`,
  );
}

/** @throws FaptError `class-unknown` */
export function labelOf(name: string, classNames: string[]): number {
  const label = findClass(name, classNames);
  if (label !== null) return label;
  throw new FaptError(
    'class-unknown',
    `There is no class "${name}"; near it are ${nearest(name, classNames).join(', ')}.`,
  );
}

function findClass(name: string, classNames: string[]): number | null {
  const plain = (text: string) => text.toLowerCase().replaceAll('_', ' ');
  const label = classNames.findIndex((known) => plain(known) === plain(name));
  return label < 0 ? null : label;
}
