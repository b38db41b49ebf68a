import type { ProtocolName, ProtocolReport } from '../../shared/api-protocol.ts';
import { FaptError, messageOf } from '../../shared/errors.ts';
import type { App } from '../api/app.ts';
import { createQueuedRun, type PlannedEvaluation } from '../api/create-run.ts';
import { findAlike } from '../api/find-alike.ts';
import { startRun } from '../jobs/finish-run.ts';
import { runEvaluation } from '../jobs/run-evaluation.ts';
import { runTraining } from '../jobs/run-training.ts';
import { verifyModel } from '../models/register-model.ts';
import type { DatasetRow } from '../store/datasets.ts';
import { type CellState, cellStates } from './cell-states.ts';
import type { Cell } from './plan.ts';
import type { PreparedProtocol } from './prepare.ts';

type Failure = ProtocolReport['failures'][number];

/**
 * Makes what is left of a protocol, one run after another. Finished runs are used again and stopped
 * ones gone on with; a run that fails is reported and the others go on.
 * @throws FaptError `stopped` when `app.signal` is raised, `engine-died` where nothing can go on
 */
export async function runCells(given: App, prepared: PreparedProtocol): Promise<Failure[]> {
  const app = sayingOnce(given);
  const states = await cellStates(app, prepared);
  const left = states.filter(({ state }) => state !== 'finished');
  const finished = states.length - left.length;
  if (finished > 0) app.note(`${finished} of ${states.length} runs are finished and used again.`);
  if (left.length > 0) await verifyModel(prepared.model);
  const failures: Failure[] = [];
  for (const [index, state] of left.entries()) {
    const place = `[${finished + index + 1}/${states.length}]`;
    if (app.signal.aborted) throw stopped(finished + index, states.length);
    app.note(`${place} ${state.cell.title}${state.run ? `, going on with ${state.run.id}` : ''}`);
    try {
      await makeRun(app, prepared, state);
    } catch (error) {
      if (app.signal.aborted) throw stopped(finished + index, states.length, error);
      if (error instanceof FaptError && error.code === 'engine-died') throw error;
      const reason = messageOf(error);
      app.note(`${place} ${state.cell.title} failed: ${reason}`);
      failures.push({ title: state.cell.title, reason });
    }
  }
  return failures;
}

/** Many runs would warn of the same thing; it is stored with each, and said once. */
function sayingOnce(app: App): App {
  const said = new Set<string>();
  return {
    ...app,
    note(sentence) {
      if (!said.has(sentence)) app.note(sentence);
      said.add(sentence);
    },
  };
}

async function makeRun(app: App, prepared: PreparedProtocol, { cell }: CellState): Promise<void> {
  const evaluations = evaluationsOf(cell, prepared);
  // Two cells may be one run, as the default among the switches is.
  const known = await findAlike(app, cell.config);
  const id = known?.id ?? (await makeNew(app, prepared.plan.protocol, cell, evaluations));
  if (known) await runTraining(app, id);
  for (const evaluation of evaluations) await runEvaluation(app, id, evaluation);
}

async function makeNew(
  app: App,
  protocol: ProtocolName,
  { config }: Cell,
  evaluations: PlannedEvaluation[],
): Promise<string> {
  const run = await createQueuedRun(app, {
    config,
    evaluations,
    strict: false,
    protocol,
    isVerified: true,
  });
  return (await startRun(app, run)).id;
}

function evaluationsOf({ tests }: Cell, { datasets }: PreparedProtocol): PlannedEvaluation[] {
  return tests.map(({ attack, dataset, classes }) => ({
    attack,
    target: { datasetId: (datasets.get(dataset) as DatasetRow).id, classes },
  }));
}

function stopped(done: number, total: number, cause?: unknown): FaptError {
  const what = `Stopped with ${done} of ${total} runs done; the same command goes on from here.`;
  return new FaptError('stopped', what, { cause });
}
