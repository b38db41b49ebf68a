import { say } from '../../../shared/sentence.ts';
import { editDataset } from '../../datasets/edit-dataset.ts';
import { exportSplit } from '../../datasets/export-split.ts';
import { fixDataset } from '../../datasets/fix-dataset.ts';
import { locateDataset } from '../../datasets/locate-dataset.ts';
import { datasetNamed, modelNamed } from '../../models/bundled.ts';
import { listLeaks } from '../../store/alike-images.ts';
import { listChanges } from '../../store/dataset-changes.ts';
import type { DatasetRow } from '../../store/datasets.ts';
import { imagesByPath } from '../../store/images.ts';
import type { AppHost } from '../app-host.ts';
import { datasetDetail, datasetImage } from '../dataset-documents.ts';
import { previewDatasetPrompts } from '../preview-prompts.ts';
import { buildConfig } from '../run-settings.ts';
import { api } from './implementer.ts';
import { streamWork } from './stream-work.ts';

/** Looking after a dataset that is there already. */
export function datasetCareRoutes({ app, changes, checks }: AppHost) {
  const { db } = app;
  const named = (dataset: string) => datasetNamed(app, dataset);
  const changed = (row: DatasetRow) => {
    changes.touch('datasets');
    return datasetDetail(db, row);
  };
  return {
    checks: api.datasets.checks.handler(() => checks.list()),
    startCheck: api.datasets.startCheck.handler(async ({ input }) =>
      checks.start(await named(input.dataset), input.again),
    ),
    pauseCheck: api.datasets.pauseCheck.handler(async ({ input }) =>
      checks.pause(await named(input.dataset)),
    ),
    leaks: api.datasets.leaks.handler(async ({ input }) => leaks(app, input)),
    fix: api.datasets.fix.handler(async ({ input: { dataset, remedy, as }, signal }) => {
      const row = await named(dataset);
      return streamWork(
        async (report, stop) => {
          report({ stage: say('stage.look-through-lists'), done: 0, total: 0 });
          return changed(await fixDataset(db, row, { remedy, as, signal: stop }));
        },
        [signal, app.signal],
      );
    }),
    edit: api.datasets.edit.handler(async ({ input: { dataset, template, classNames, as } }) => {
      const rename = new Map(classNames.map(({ label, name }) => [`#${label}`, name]));
      return changed(editDataset(db, await named(dataset), { template, rename, as }));
    }),
    locate: api.datasets.locate.handler(async ({ input: { dataset, folder }, signal }) => {
      const row = await named(dataset);
      return streamWork(
        async (report, stop) => {
          const onProgress = (done: number, total: number) =>
            report({ stage: say('stage.look-for-images'), done, total });
          return changed(await locateDataset(db, row, folder, { onProgress, signal: stop }));
        },
        [signal, app.signal],
      );
    }),
    history: api.datasets.history.handler(async ({ input }) => {
      const rows = listChanges(db, (await named(input.dataset)).id);
      return rows.map(({ detail: _, ...change }) => change).reverse();
    }),
    exportSplit: api.datasets.exportSplit.handler(async ({ input }) => {
      const row = await named(input.dataset);
      return { file: `split_${row.name}.json`, text: exportSplit(db, row) };
    }),
    prompts: api.datasets.prompts.handler(async ({ input }) => {
      const { dataset, model, method } = input;
      const row = await named(dataset);
      const { template = row.template, classNames = row.classNames } = input;
      const { prompts } = buildConfig({ options: { method, model, dataset } });
      const task = { name: row.name, template, classNames };
      return previewDatasetPrompts(app, task, await modelNamed(app, model), { method, prompts });
    }),
  };
}

type LeaksPage = { dataset: string; offset: number; limit: number };

async function leaks(app: AppHost['app'], { dataset, offset, limit }: LeaksPage) {
  const { id } = await datasetNamed(app, dataset);
  const { total, pairs } = listLeaks(app.db, id, { offset, limit });
  const images = (split: 'train' | 'test', paths: string[]) =>
    imagesByPath(app.db, id, split, paths);
  const test = images(
    'test',
    pairs.map(({ testPath }) => testPath),
  );
  const train = images(
    'train',
    pairs.map(({ trainPath }) => trainPath),
  );
  const shown = pairs.flatMap(({ kind, testPath, trainPath, distance }) => {
    const [one, other] = [test.get(testPath), train.get(trainPath)];
    // A remedy may have taken one of them out since.
    if (!one || !other) return [];
    return [{ kind, test: datasetImage(one), train: datasetImage(other), distance }];
  });
  return { total, pairs: shown };
}
