import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import type { z } from 'zod';
import type { predictInputSchema } from '../../shared/api/run-explain.ts';
import type { PredictReport } from '../../shared/api-results.ts';
import { FaptError } from '../../shared/errors.ts';
import { resolveExamples } from '../datasets/examples.ts';
import { datasetNamed } from '../models/bundled.ts';
import type { App } from './app.ts';
import { predictImages } from './predict.ts';

type Input = z.infer<typeof predictInputSchema>;
type Named = { name: string; path: string };

/** Class probabilities of images that were dropped, or of a dataset's; named as they were asked for. */
export async function predictForWindow(app: App, { run, images }: Input): Promise<PredictReport> {
  if (images.from === 'dataset') {
    const dataset = await datasetNamed(app, images.dataset);
    const examples = await resolveExamples(app.db, dataset, images.split, images.ids);
    return named(
      app,
      run,
      examples.map(({ id, path }) => ({ name: id, path })),
    );
  }
  // The engine reads files; these live for one call.
  const folder = await mkdtemp(join(tmpdir(), 'fapt-predict-'));
  try {
    const files = await Promise.all(
      images.files.map(async ({ name, bytes }, index) => {
        const path = join(folder, `${index}${safeEnding(name)}`);
        await writeFile(path, bytes);
        return { name, path };
      }),
    );
    return await named(app, run, files).catch((error: unknown) => {
      throw inTheirNames(error, files);
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function named(app: App, run: string, images: Named[]): Promise<PredictReport> {
  const paths = images.map(({ path }) => path);
  const report = await predictImages(app, run, paths);
  const predictions = report.predictions.map((prediction, index) => ({
    ...prediction,
    path: images[index]?.name ?? prediction.path,
  }));
  return { ...report, predictions };
}

/** What failed, told of the files as a person named them. */
function inTheirNames(error: unknown, images: Named[]): unknown {
  if (!(error instanceof FaptError)) return error;
  // From the last on: the path of the first of eleven is how that of the eleventh begins.
  const said = images.reduceRight(
    (text, { name, path }) => text.replaceAll(path, () => name),
    error.message,
  );
  return new FaptError(error.code, said, { cause: error });
}

function safeEnding(name: string): string {
  const ending = extname(name).toLowerCase();
  return /^\.[a-z0-9]{1,5}$/.test(ending) ? ending : '';
}
