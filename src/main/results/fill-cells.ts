import type { ResultsCost, ResultsView } from '../../shared/api/results.ts';
import type { App } from '../api/app.ts';
import { createQueuedRun, type PlannedEvaluation, planEvaluation } from '../api/create-run.ts';
import { createStepTimer } from '../api/estimate.ts';
import { findAlike } from '../api/find-alike.ts';
import type { JobQueue } from '../jobs/queue.ts';
import { verifyModel } from '../models/register-model.ts';
import { type CellState, cellStates, testsLeft } from '../protocols/cell-states.ts';
import { classCounts, estimateCells } from '../protocols/estimate-cells.ts';
import type { PreparedProtocol } from '../protocols/prepare.ts';
import type { DatasetRow } from '../store/datasets.ts';
import { createMeasuredTimer } from './measured-timer.ts';
import { prepareView } from './plan-results.ts';

type Left = { prepared: PreparedProtocol; states: CellState[] };
type Queue = Pick<JobQueue, 'busy' | 'jobOfRun' | 'enqueueRun'>;

/** Statuses of a job that will come to its end without anybody's help. */
const GOES_ON: readonly string[] = ['queued', 'running'];

/** What is left of the chosen runs and not queued; null chooses all of them. */
async function leftOf(
  app: App,
  view: ResultsView,
  titles: readonly string[] | null,
  queue: Queue,
): Promise<Left> {
  const prepared = await prepareView(app, view);
  const states = (await cellStates(app, prepared)).filter(({ cell, state, run }) => {
    const isChosen = titles === null || titles.includes(cell.title);
    const status = run && queue.jobOfRun(run.id)?.status;
    return isChosen && state !== 'finished' && !GOES_ON.includes(status ?? '');
  });
  return { prepared, states };
}

/**
 * What filling cells takes. Steps that were never measured in this workspace are timed, unless the
 * engine works on a job; the time is then not known.
 */
export async function costOfCells(
  app: App,
  view: ResultsView,
  titles: readonly string[] | null,
  queue: Queue,
): Promise<ResultsCost> {
  const { prepared, states } = await leftOf(app, view, titles, queue);
  const timed = queue.busy()
    ? undefined
    : createStepTimer(app, prepared.model, classCounts(app, prepared, states));
  const timer = await createMeasuredTimer(app, prepared.model, timed);
  const { seconds, diskBytes } = await estimateCells(app, prepared, states, timer);
  const sum = seconds.reduce((all, part) => all + part, 0);
  return {
    runs: states.map(({ cell }) => cell.title),
    trainingSteps: states.reduce((all, { stepsLeft }) => all + stepsLeft, 0),
    evaluations: states.reduce((all, state) => all + testsLeft(state).length, 0),
    seconds: Number.isNaN(sum) ? null : sum,
    diskBytes,
  };
}

/** Queues what is left of the chosen runs, each with its evaluations; answers how many. */
export async function fillCells(
  app: App,
  view: ResultsView,
  titles: readonly string[] | null,
  queue: Queue,
): Promise<{ queued: number }> {
  const { prepared, states } = await leftOf(app, view, titles, queue);
  if (states.length > 0) await verifyModel(prepared.model);
  for (const [index, state] of states.entries()) {
    app.signal.throwIfAborted();
    app.report({ stage: state.cell.title, done: index, total: states.length });
    queue.enqueueRun(await makeReady(app, prepared, state));
  }
  return { queued: states.length };
}

/** The run of a cell with everything that it lacks planned; a new one where there is none. */
async function makeReady(
  app: App,
  { plan, datasets }: PreparedProtocol,
  state: CellState,
): Promise<string> {
  const evaluations: PlannedEvaluation[] = testsLeft(state).map(({ test }) => ({
    attack: test.attack,
    target: { datasetId: (datasets.get(test.dataset) as DatasetRow).id, classes: test.classes },
  }));
  const { config } = state.cell;
  // Another cell may have made it meanwhile: two cells may be one run.
  const known = await findAlike(app, config);
  if (!known) {
    const { protocol } = plan;
    const options = { config, evaluations, strict: false, protocol, isVerified: true };
    return (await createQueuedRun(app, options)).id;
  }
  for (const evaluation of evaluations) await planEvaluation(app, known, evaluation);
  return known.id;
}
