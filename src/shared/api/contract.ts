import { appContract } from './app.ts';
import { datasetsContract } from './datasets.ts';
import { demoContract } from './demo.ts';
import { filesContract } from './files.ts';
import { modelsContract } from './models.ts';
import { queueContract } from './queue.ts';
import { runsContract } from './runs.ts';
import { savedViewsContract } from './saved-views.ts';

/** Everything a window can ask of the application, whatever carries it. */
export const contract = {
  app: appContract,
  files: filesContract,
  datasets: datasetsContract,
  models: modelsContract,
  runs: runsContract,
  savedViews: savedViewsContract,
  queue: queueContract,
  demo: demoContract,
};
export type Contract = typeof contract;
