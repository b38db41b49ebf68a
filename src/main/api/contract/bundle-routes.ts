import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openBundle } from '../../bundles/open-bundle.ts';
import { writeBundle } from '../../bundles/write-bundle.ts';
import { getRun } from '../../store/runs.ts';
import type { AppHost } from '../app-host.ts';
import { api } from './implementer.ts';

export function bundleRoutes({ app: { workspace, db }, changes }: AppHost) {
  return {
    bundle: api.runs.bundle.handler(async ({ input }) => {
      const { id } = getRun(db, input.run);
      const folder = await mkdtemp(join(tmpdir(), 'fapt-bundle-'));
      try {
        const name = `${id}.faptrun`;
        await writeBundle(workspace, id, join(folder, name));
        return { name, bytes: new Uint8Array(await readFile(join(folder, name))) };
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    }),
    openBundle: api.runs.openBundle.handler(async ({ input }) => {
      const opened = await openBundle(workspace, input.path);
      changes.touch('runs', opened.run);
      for (const topic of ['datasets', 'models'] as const) changes.touch(topic);
      return opened;
    }),
  };
}
