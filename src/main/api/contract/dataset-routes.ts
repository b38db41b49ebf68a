import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { z } from 'zod';
import type { importSourceSchema } from '../../../shared/api/datasets.ts';
import { FaptError } from '../../../shared/errors.ts';
import { say } from '../../../shared/sentence.ts';
import { addDataset } from '../../datasets/add-dataset.ts';
import { fewShot } from '../../datasets/few-shot.ts';
import { PRESETS, type Preset } from '../../datasets/presets.ts';
import { checkPreset } from '../../datasets/readers/preset-checklist.ts';
import { pinImages } from '../../jobs/probe-set.ts';
import { bundledDatasets, datasetNamed } from '../../models/bundled.ts';
import { countUses, getDataset, listDatasets, refuseTakenName } from '../../store/datasets.ts';
import { countUnread, imagesByPath } from '../../store/images.ts';
import { deleteDataset } from '../../store/removals.ts';
import type { AppHost } from '../app-host.ts';
import {
  datasetDetail,
  datasetImage,
  datasetProblem,
  datasetSummary,
  imagePage,
} from '../dataset-documents.ts';
import { removeUpload } from '../uploads.ts';
import { datasetCareRoutes } from './dataset-care-routes.ts';
import { api } from './implementer.ts';
import { streamWork } from './stream-work.ts';

export function datasetRoutes(host: AppHost) {
  const { app } = host;
  const { db } = app;
  const named = (dataset: string) => datasetNamed(app, dataset);
  return {
    list: api.datasets.list.handler(async () => {
      const datasets = listDatasets(db).map(datasetSummary);
      const known = new Set(datasets.map(({ name }) => name));
      const bundled = (await bundledDatasets()).filter((name) => !known.has(name));
      return { datasets, bundled };
    }),
    get: api.datasets.get.handler(async ({ input }) =>
      datasetDetail(db, await named(input.dataset)),
    ),
    images: api.datasets.images.handler(async ({ input }) =>
      imagePage(db, await named(input.dataset), input),
    ),
    thumbnail: api.datasets.thumbnail.handler(async ({ input, signal }) =>
      host.thumbnails.get(db, await named(input.dataset), input, signal),
    ),
    fewShot: api.datasets.fewShot.handler(async ({ input }) => {
      const dataset = await named(input.dataset);
      const { images, classCounts, warnings } = fewShot(db, dataset, input.shots, input.seed);
      const rows = imagesByPath(db, dataset.id, 'train', images);
      const drawn = images.flatMap((path) => rows.get(path) ?? []).map(datasetImage);
      return { images: drawn, classCounts, warnings };
    }),
    preview: api.datasets.preview.handler(({ input, signal }) => {
      refuseMissing(input);
      return importStream(host, input, signal, async (options) => {
        const { dataset: _, ...report } = await addDataset(db, { ...options, dryRun: true });
        return { ...report, problems: report.problems.map(datasetProblem) };
      });
    }),
    add: api.datasets.add.handler(({ input, signal }) => {
      refuseMissing(input);
      if (input.name !== undefined) refuseTakenName(db, input.name);
      return importStream(host, input, signal, async (options) => {
        const { dataset } = await addDataset(db, { ...options, name: input.name });
        host.changes.touch('datasets');
        const row = dataset ?? getDataset(db, input.name ?? '');
        if (countUnread(db, row.id) > 0) host.checks.start(row, false);
        return datasetDetail(db, row);
      });
    }),
    pin: api.datasets.pin.handler(async ({ input }) => {
      pinImages(db, await named(input.dataset), input.images);
      host.changes.touch('datasets');
    }),
    remove: api.datasets.remove.handler(({ input }) => removeDataset(host, input.dataset)),
    presets: api.datasets.presets.handler(() =>
      PRESETS.map(({ name, folder, template, classes, counts }) => ({
        name,
        folder,
        template,
        classes,
        counts,
      })),
    ),
    checklist: api.datasets.checklist.handler(({ input: { preset, path, images } }) => {
      const rules = PRESETS.find(({ name }) => name === preset) as Preset;
      return checkPreset(rules, path, { images });
    }),
    ...datasetCareRoutes(host),
  };
}

type Source = z.infer<typeof importSourceSchema>;
type Options = Parameters<typeof addDataset>[1];

function importStream<Result>(
  { app }: AppHost,
  { path, images, format, split, keepEmpty, read }: Source,
  signal: AbortSignal | undefined,
  add: (options: Options) => Promise<Result>,
) {
  const work = (
    report: Parameters<Parameters<typeof streamWork<Result>>[0]>[0],
    stop: AbortSignal,
  ) =>
    add({
      path,
      images,
      format,
      split,
      keepEmpty,
      read: read && read === 'now',
      signal: stop,
      onProgress: (done, total) => report({ stage: say('stage.read-images'), done, total }),
    });
  return streamWork(work, [signal, app.signal]);
}

function refuseMissing({ path, images }: Source): void {
  for (const file of [path, images]) {
    if (file === undefined || existsSync(resolve(file))) continue;
    throw new FaptError('file-missing', `There is nothing at ${file}: check the path.`);
  }
}

async function removeDataset({ app, changes, checks }: AppHost, name: string): Promise<void> {
  const dataset = getDataset(app.db, name);
  const uses = countUses(app.db, dataset.id);
  if (uses > 0) {
    throw new FaptError(
      'dataset-used',
      `Dataset "${dataset.name}" cannot be removed: ${uses} runs and evaluations are about it; delete them first, and empty the bin.`,
    );
  }
  checks.forget(dataset.id);
  deleteDataset(app.db, dataset.id);
  await removeUpload(app.workspace, dataset.imageRoot);
  changes.touch('datasets');
}
