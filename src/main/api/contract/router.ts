import type { AppHost } from '../app-host.ts';
import { appRoutes } from './app-routes.ts';
import { attributionRoutes, labRoutes } from './attribution-routes.ts';
import { compareRoutes } from './compare-routes.ts';
import { datasetRoutes } from './dataset-routes.ts';
import { demoRoutes } from './demo-routes.ts';
import { exportRoutes } from './export-routes.ts';
import { fileRoutes } from './file-routes.ts';
import { api } from './implementer.ts';
import { modelRoutes } from './model-routes.ts';
import { promptRoutes } from './prompt-routes.ts';
import { queueRoutes } from './queue-routes.ts';
import { resultsRoutes } from './results-routes.ts';
import { runRoutes } from './run-routes.ts';
import { savedViewRoutes } from './saved-view-routes.ts';
import { workspaceRoutes } from './workspace-routes.ts';

/** Answers the whole contract for one open application, whatever carries the calls. */
export function createApiRouter(host: AppHost) {
  return api.router({
    app: appRoutes(host),
    workspace: workspaceRoutes(host),
    files: fileRoutes(host),
    datasets: datasetRoutes(host),
    models: modelRoutes(host),
    runs: runRoutes(host),
    compare: compareRoutes(host),
    attribution: attributionRoutes(host),
    lab: labRoutes(host),
    savedViews: savedViewRoutes(host),
    prompts: promptRoutes(host),
    queue: queueRoutes(host),
    results: resultsRoutes(host),
    demo: demoRoutes(host),
    export: exportRoutes(host),
  });
}
export type ApiRouter = ReturnType<typeof createApiRouter>;
