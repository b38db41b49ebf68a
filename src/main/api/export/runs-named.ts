import { FaptError } from '../../../shared/errors.ts';
import { METHODS } from '../../../shared/method-catalogue.ts';
import { configDifference } from '../../statistics/config-difference.ts';
import type { Database } from '../../store/database.ts';
import { getRun, type RunRow } from '../../store/runs.ts';
import { isDemoRun } from '../is-demo-run.ts';

/**
 * Runs by their ids, each once, in the order given.
 * @throws FaptError `usage` where none is given; `run-unknown`
 */
export function runsNamed(db: Database, ids: readonly string[]): [RunRow, ...RunRow[]] {
  const runs = new Map(
    ids.map((id) => {
      const run = getRun(db, id);
      return [run.id, run] as const;
    }),
  );
  const [first, ...others] = runs.values();
  if (first) return [first, ...others];
  throw new FaptError('usage', 'Name at least one run: "fapt runs" lists them.');
}

/**
 * A title for each group of runs that differ in their seed alone: the method's, with the settings that
 * set it apart where another group has the same method.
 */
export function groupTitles(runs: readonly RunRow[]): Map<string, string> {
  const groups = Map.groupBy(runs, ({ group }) => group);
  const firsts = [...groups.values()].map(([run]) => run as RunRow);
  const byMethod = Map.groupBy(firsts, ({ method }) => method);
  return new Map(
    firsts.map((run) => {
      const alike = byMethod.get(run.method) ?? [];
      const title = METHODS[run.method].title;
      return [run.group, alike.length > 1 ? `${title} (${apart(run, alike)})` : title];
    }),
  );
}

const SHOWN_IN_COLUMNS = new Set(['seed', 'dataset', 'model', 'shots']);

/** The settings in which this run is unlike any other of its method, with its own values. */
function apart(run: RunRow, alike: readonly RunRow[]): string {
  const settings = new Map<string, unknown>();
  for (const other of alike) {
    for (const { path, a } of configDifference(run.config, other.config)) {
      if (!SHOWN_IN_COLUMNS.has(path)) settings.set(path, a);
    }
  }
  if (settings.size === 0) return `${run.dataset}, ${run.model}, ${run.shots} shots`;
  return [...settings].map(([path, value]) => `${path} ${JSON.stringify(value)}`).join(', ');
}

/** What all of the runs have in common, said once: dataset, model, shots; and whether it is the demo. */
export function settingSentence(db: Database, runs: readonly RunRow[]): string {
  const tuned = runs.filter(({ method }) => METHODS[method].tuned);
  const shots = [...new Set((tuned.length > 0 ? tuned : runs).map(({ shots }) => shots))];
  const facts = [
    ...[...new Set(runs.map(({ dataset }) => dataset))],
    ...[...new Set(runs.map(({ model }) => model))],
    ...(tuned.length > 0 ? [`${shots.join(', ')} shots a class`] : []),
  ].join(', ');
  return `${facts}.${runs.some((run) => isDemoRun(db, run)) ? " Demo model or data: not the paper's numbers." : ''}`;
}

/** `CBA-FAPT, seed 1`. */
export function runTitle({ method, seed }: RunRow): string {
  return METHODS[method].tuned ? `${METHODS[method].title}, seed ${seed}` : METHODS[method].title;
}
