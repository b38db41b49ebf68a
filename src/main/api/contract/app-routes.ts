import { statSync } from 'node:fs';
import { availableParallelism, platform, release } from 'node:os';
import type { About } from '../../../shared/api/app.ts';
import { FaptError } from '../../../shared/errors.ts';
import type { AppHost } from '../app-host.ts';
import { folderBytes } from '../bin.ts';
import { applicationVersion } from '../version.ts';
import { changeSettings, readSettings } from '../window-settings.ts';
import { api } from './implementer.ts';

export function appRoutes(host: AppHost) {
  const { app, changes, engine } = host;
  return {
    status: api.app.status.handler(() => host.status()),
    watch: api.app.watch.handler(({ input, signal }) =>
      changes.watch(input.after, signal ? AbortSignal.any([signal, app.signal]) : app.signal),
    ),
    doctor: api.app.doctor.handler(async () => {
      refuseBusy(host, 'measured');
      const report = await app.engine().doctor();
      return {
        version: applicationVersion(),
        ...report,
        workspace: app.workspace.folder,
        workspaceOrigin: app.workspace.origin,
        platform: `${platform()} ${process.arch}`,
      };
    }),
    restartEngine: api.app.restartEngine.handler(() => engine.restart()),
    notices: api.app.notices.handler(() => host.notices()),
    about: api.app.about.handler(() => aboutOf(host)),
    settings: {
      get: api.app.settings.get.handler(() => readSettings(app)),
      set: api.app.settings.set.handler(({ input }) => {
        const settings = changeSettings(app, input);
        changes.touch('settings');
        return settings;
      }),
    },
  };
}

/** Throws `engine-busy`: a job in the engine would make every time untrue, and be held up itself. */
export function refuseBusy({ queue }: AppHost, what: string): void {
  if (!queue.busy()) return;
  throw new FaptError(
    'engine-busy',
    `The engine works on a job now, so nothing can be ${what}: wait for it, or pause it.`,
  );
}

function aboutOf({ app: { workspace } }: AppHost): About {
  return {
    version: applicationVersion(),
    licence: 'MIT',
    node: process.version,
    platform: `${platform()} ${release()} ${process.arch}`,
    workspace: workspace.folder,
    database: workspace.databaseFile,
    databaseBytes: statSync(workspace.databaseFile).size,
    blobBytes: folderBytes(workspace.blobFolder),
    processors: availableParallelism(),
  };
}
