import { isDeepStrictEqual } from 'node:util';
import type { ProtocolPlanReport, ProtocolReport } from '../../shared/api-protocol.ts';
import type { PaperTables } from '../../shared/paper-tables.ts';
import type { App } from '../api/app.ts';
import { loadPaperTables } from '../reference/load-paper-tables.ts';
import { type CellState, cellStates, isFinished, protocolRun } from './cell-states.ts';
import { estimateCells } from './estimate-cells.ts';
import { paperValues } from './paper-values.ts';
import type { PreparedProtocol } from './prepare.ts';
import { protocolTables } from './tables.ts';

/** What a protocol would do, and about how long it takes here; stores nothing. */
export async function protocolPlanReport(
  app: App,
  prepared: PreparedProtocol,
): Promise<ProtocolPlanReport> {
  const states = await cellStates(app, prepared);
  const { seconds, diskBytes } = await estimateCells(app, prepared, states);
  const count = (wanted: CellState['state']) =>
    states.filter(({ state }) => state === wanted).length;
  return {
    ...prepared.facts,
    dryRun: true,
    runs: states.map((state, index) => ({ ...protocolRun(state), seconds: seconds[index] ?? 0 })),
    counts: { finished: count('finished'), partial: count('partial'), missing: count('missing') },
    estimate: { seconds: seconds.reduce((sum, part) => sum + part, 0), diskBytes },
  };
}

/** A protocol's tables from what the workspace has of it, those runs included that were made elsewhere. */
export async function protocolReport(
  app: App,
  prepared: PreparedProtocol,
  failures: ProtocolReport['failures'],
): Promise<ProtocolReport> {
  const { facts, plan } = prepared;
  const states = await cellStates(app, prepared, { elsewhere: true });
  const paper = await loadPaperTables();
  const tables = protocolTables(plan, states, paperValues(paper, facts));
  const isBeside = tables.some(({ rows }) =>
    rows.some(({ cells }) => cells.some((cell) => Object.values(cell.paper).some(Boolean))),
  );
  return {
    ...facts,
    cautions: [
      ...facts.cautions,
      ...(await elsewhereCautions(app, states)),
      ...paperCautions(paper, prepared),
    ],
    tables,
    runs: states.map(protocolRun),
    missing: states.flatMap(missingOf),
    failures,
    paper: isBeside ? sourceOf(paper) : null,
  };
}

/** Numbers of other machines agree in what they measure, not in their last bits. */
async function elsewhereCautions(app: App, states: CellState[]): Promise<string[]> {
  const environment = await app.environment();
  const other = states.filter(
    ({ run }) => run !== null && !isDeepStrictEqual(run.environment, environment),
  );
  if (other.length === 0) return [];
  const runs = `${other.length} of ${states.length} runs`;
  return [`${runs} were made on another machine, or by another engine, than this one.`];
}

/** What has no number: a run that is not made, or some of its tests. */
function missingOf({ cell, run, tests }: CellState): string[] {
  const left = tests.filter((test) => !isFinished(test));
  if (left.length === 0) return [];
  if (run?.status !== 'finished') return [`${cell.title} (${run ? 'not finished' : 'no run'})`];
  const names = left.map(({ test: { dataset, classes, measure } }) =>
    classes === 'all' ? `${measure} on ${dataset}` : `${measure} on ${classes} of ${dataset}`,
  );
  return [`${cell.title} (${[...new Set(names)].join(', ')})`];
}

function sourceOf({ source, setup }: PaperTables): ProtocolReport['paper'] {
  const { model, seeds } = setup.stated;
  return {
    source: `${source.authors} ${source.year}, ${source.venue}`,
    setup: `${model}, PGD-100 on all test images, mean of ${seeds} seeds`,
  };
}

function paperCautions({ tables }: PaperTables, { plan }: PreparedProtocol): string[] {
  if (plan.protocol !== 'ablation' || !plan.rows.some(({ terms }) => terms)) return [];
  return tables.ablation.notes.map((note) => `${tables.ablation.title} of the paper: ${note}`);
}
