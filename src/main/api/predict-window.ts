import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import type { z } from 'zod';
import type { predictInputSchema } from '../../shared/api/run-explain.ts';
import type { PredictReport } from '../../shared/api-results.ts';
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
    return await named(app, run, files);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function named(app: App, run: string, images: Named[]): Promise<PredictReport> {
  const report = await predictImages(
    app,
    run,
    images.map(({ path }) => path),
  );
  const predictions = report.predictions.map((prediction, index) => ({
    ...prediction,
    path: images[index]?.name ?? prediction.path,
  }));
  return { ...report, predictions };
}

function safeEnding(name: string): string {
  const ending = extname(name).toLowerCase();
  return /^\.[a-z0-9]{1,5}$/.test(ending) ? ending : '';
}
