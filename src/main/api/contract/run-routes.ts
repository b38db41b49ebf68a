import { addNote } from '../../store/notes.ts';
import { countRuns, listRuns } from '../../store/run-list.ts';
import { getRun, setStarred } from '../../store/runs.ts';
import { addTag } from '../../store/tags.ts';
import type { AppHost } from '../app-host.ts';
import { createQueuedRun, planEvaluation } from '../create-run.ts';
import { estimateRun } from '../estimate-run.ts';
import { metricSeries } from '../metric-series.ts';
import { askMoreEpochs } from '../more-epochs.ts';
import { outcomePage } from '../outcome-page.ts';
import { predictForWindow } from '../predict-window.ts';
import { runDetail, runItem } from '../run-detail.ts';
import { groupRuns } from '../run-groups.ts';
import { refuseBusy } from './app-routes.ts';
import { bundleRoutes } from './bundle-routes.ts';
import { api } from './implementer.ts';
import { binRoutes, noteRoutes, tagRoutes } from './keeping-routes.ts';

export function runRoutes(host: AppHost) {
  return {
    ...listRoutes(host),
    ...workRoutes(host),
    ...explainRoutes(host),
    ...bundleRoutes(host),
    tags: tagRoutes(host),
    notes: noteRoutes(host),
    bin: binRoutes(host),
  };
}

function listRoutes({ app, changes, queue }: AppHost) {
  const { db } = app;
  return {
    list: api.runs.list.handler(({ input: { filter, ...page } }) => ({
      total: countRuns(db, filter),
      runs: listRuns(db, filter, page).map(runItem),
    })),
    groups: api.runs.groups.handler(({ input: { filter, sort, ...page } }) =>
      groupRuns(db, filter, sort, page),
    ),
    get: api.runs.get.handler(({ input }) => {
      const { id } = getRun(db, input.run);
      return runDetail(app, id, queue.jobOfRun(id));
    }),
    metrics: api.runs.metrics.handler(({ input: { run, ...wanted } }) =>
      metricSeries(db, getRun(db, run).id, wanted),
    ),
    outcomes: api.runs.outcomes.handler(({ input: { run, ...page } }) =>
      outcomePage(db, run, page),
    ),
    star: api.runs.star.handler(({ input }) => {
      setStarred(db, input.run, input.starred);
      changes.touch('runs', getRun(db, input.run).id);
    }),
  };
}

function workRoutes(host: AppHost) {
  const { app, changes, queue } = host;
  const { db } = app;
  return {
    create: api.runs.create.handler(async ({ input: { config, evaluations, ...more } }) => {
      const planned = evaluations.map((attack) => ({ attack }));
      const { strict, note, tags } = more;
      const { id } = await createQueuedRun(app, { config, evaluations: planned, strict });
      if (note?.trim()) addNote(db, id, note.trim());
      for (const tag of tags) addTag(db, id, tag);
      changes.touch('runs', id);
      return { run: id, job: queue.enqueueRun(id) };
    }),
    estimate: api.runs.estimate.handler(({ input }) => {
      refuseBusy(host, 'timed');
      return estimateRun(app, input.config, input.evaluations);
    }),
    moreEpochs: api.runs.moreEpochs.handler(({ input }) => {
      const { id } = askMoreEpochs(db, input.run, input.epochs);
      changes.touch('runs', id);
      return queue.enqueueRun(id);
    }),
    evaluate: api.runs.evaluate.handler(async ({ input }) => {
      const run = getRun(db, input.run);
      await planEvaluation(app, run, { attack: input.attack });
      changes.touch('runs', run.id);
      return queue.enqueueRun(run.id);
    }),
  };
}

function explainRoutes({ app }: AppHost) {
  return {
    predict: api.runs.predict.handler(({ input }) => predictForWindow(app, input)),
  };
}
