import { appContract } from './app.ts';
import { attributionContract } from './attribution.ts';
import { compareContract } from './compare.ts';
import { datasetsContract } from './datasets.ts';
import { demoContract } from './demo.ts';
import { exportContract } from './export.ts';
import { filesContract } from './files.ts';
import { labContract } from './lab.ts';
import { modelsContract } from './models.ts';
import { promptsContract } from './prompts.ts';
import { queueContract } from './queue.ts';
import { resultsContract } from './results.ts';
import { runsContract } from './runs.ts';
import { savedViewsContract } from './saved-views.ts';
import { workspaceContract } from './workspace.ts';

/** Everything a window can ask of the application, whatever carries it. */
export const contract = {
  app: appContract,
  workspace: workspaceContract,
  files: filesContract,
  datasets: datasetsContract,
  models: modelsContract,
  runs: runsContract,
  compare: compareContract,
  attribution: attributionContract,
  lab: labContract,
  savedViews: savedViewsContract,
  prompts: promptsContract,
  queue: queueContract,
  results: resultsContract,
  demo: demoContract,
  export: exportContract,
};
export type Contract = typeof contract;
