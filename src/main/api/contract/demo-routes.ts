import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { demoReportSchema } from '../../../shared/api-demo.ts';
import { FaptError } from '../../../shared/errors.ts';
import { demoFolder } from '../../jobs/queue-work.ts';
import { bundledDatasets } from '../../models/bundled.ts';
import type { AppHost } from '../app-host.ts';
import { api } from './implementer.ts';

export function demoRoutes({ app, queue }: AppHost) {
  const read = (name: string) =>
    readFile(join(demoFolder(app), name), 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return null;
      throw error;
    });
  return {
    start: api.demo.start.handler(async ({ input }) => {
      await requireBundled(input.dataset);
      return queue.enqueueDemo(input);
    }),
    latest: api.demo.latest.handler(async () => {
      const text = await read('demo.json');
      return text === null ? null : demoReportSchema.parse(JSON.parse(text));
    }),
    html: api.demo.html.handler(async () => {
      const html = await read('report.html');
      if (html !== null) return { html };
      throw new FaptError('demo-missing', 'There is no demo report yet: start the demo first.');
    }),
  };
}

async function requireBundled(dataset: string): Promise<void> {
  const names = await bundledDatasets();
  if (names.includes(dataset)) return;
  throw new FaptError(
    'dataset-unknown',
    `"${dataset}" is no dataset of the demo: ${names.join(', ') || 'none is installed'}.`,
  );
}
