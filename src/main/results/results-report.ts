import type { QueueItem } from '../../shared/api/queue.ts';
import type { ResultsReport, ResultsRun, ResultsView } from '../../shared/api/results.ts';
import type { PaperTables } from '../../shared/paper-tables.ts';
import type { App } from '../api/app.ts';
import { attemptsAt } from '../api/find-alike.ts';
import { type CellState, cellStates, protocolRun } from '../protocols/cell-states.ts';
import { estimateCells } from '../protocols/estimate-cells.ts';
import { isPaperSet } from '../protocols/paper-values.ts';
import type { PreparedProtocol } from '../protocols/prepare.ts';
import { absentPublished } from '../protocols/published-names.ts';
import { protocolTables } from '../protocols/tables.ts';
import { loadPaperTables } from '../reference/load-paper-tables.ts';
import { type Ours, ownTables, paperTable } from './lay-tables.ts';
import { createMeasuredTimer } from './measured-timer.ts';
import { type PaperLayout, paperLayout } from './paper-layout.ts';
import { planView } from './plan-results.ts';
import { unlikePaper } from './unlike-paper.ts';

/** The job that works on a run, or will; null where none does. */
export type JobOf = (run: string) => QueueItem | null;

const NO_DIFFERENCE: ResultsReport['unlike'] = { natural: [], robust: [] };

/**
 * A protocol's tables from what the workspace has, beside the paper's numbers where they are of the same
 * thing. Where nothing can be planned the paper stands alone, and `refusal` says why.
 */
export async function resultsReport(
  app: App,
  view: ResultsView,
  jobOf: JobOf,
): Promise<ResultsReport> {
  const { prepared, refusal } = await planView(app, view);
  const states = prepared ? await cellStates(app, prepared) : [];
  const ours: Ours | null = prepared && {
    plan: prepared.plan,
    tables: protocolTables(prepared.plan, states, () => null),
    states,
  };
  const paper = view.set === 'paper' ? await loadPaperTables() : null;
  const isWhole = paper !== null && prepared !== null && isPaperSet(paper, prepared.facts);
  const layout = paper && paperLayout(paper, view.protocol, isWhole);
  const unlike = paper && prepared ? unlikePaper(paper, prepared) : NO_DIFFERENCE;
  const beside = paper && layout ? [paperTable(paper, layout, ours, unlike)] : [];
  // What stands in the paper's cells already is not shown a second time.
  const skipped = layout && (view.protocol === 'cross-dataset' || isWhole) ? [layout.section] : [];
  return {
    view,
    facts: prepared?.facts ?? null,
    refusal: refusal && { code: refusal.code, message: refusal.message },
    paper: paper && paperFacts(paper, view, layout),
    unlike,
    absent: paper ? await absentPublished(app.db) : [],
    tables: [...beside, ...(ours ? ownTables(ours, skipped) : [])],
    runs: prepared ? await runsOf(app, prepared, states, jobOf) : [],
  };
}

function paperFacts(
  { source, setup, tables }: PaperTables,
  { protocol }: ResultsView,
  layout: PaperLayout | null,
): ResultsReport['paper'] {
  const { model, seeds } = setup.stated;
  return {
    source: `${source.authors} ${source.year}, ${source.venue}`,
    setup: `${model}, PGD-100, ${seeds} seeds`,
    notes: protocol === 'few-shot' ? tables.fewShot.notes : (layout?.notes ?? []),
    notStated: setup.notStated,
    printed: layout !== null,
  };
}

async function runsOf(
  app: App,
  prepared: PreparedProtocol,
  states: CellState[],
  jobOf: JobOf,
): Promise<ResultsRun[]> {
  const timer = await createMeasuredTimer(app, prepared.model);
  const { seconds } = await estimateCells(app, prepared, states, timer);
  const runs: ResultsRun[] = [];
  for (const [index, state] of states.entries()) {
    const left = seconds[index] ?? Number.NaN;
    runs.push({
      ...protocolRun(state),
      status: state.run ? (jobOf(state.run.id)?.status ?? state.run.status) : null,
      seconds: Number.isNaN(left) ? null : left,
      failure: state.state === 'finished' ? null : await failureOf(app, state),
    });
  }
  return runs;
}

/** Why the newest attempt at a cell failed; null where there is a later one, or none. */
async function failureOf(app: App, { cell, run, tests }: CellState): Promise<string | null> {
  const failed = tests.find(({ evaluation }) => evaluation?.status === 'failed')?.evaluation;
  if (failed) return failed.statusReason;
  if (run) return null;
  const [newest] = await attemptsAt(app, cell.config);
  return newest?.status === 'failed' ? newest.statusReason : null;
}
