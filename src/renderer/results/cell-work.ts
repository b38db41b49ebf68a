import type { ResultsRun } from '../../shared/api/results.ts';

/** What becomes of the runs behind a cell. */
export type CellWork = {
  /** Neither finished nor waiting for their turn: what filling the cell would queue. */
  left: ResultsRun[];
  queued: ResultsRun[];
  running: ResultsRun | null;
  /** Why the newest attempt at one of those that are left failed. */
  failure: string | null;
  /** About how long what is left takes; null where that was never measured. */
  seconds: number | null;
};

/** @param titles of the runs that are looked at */
export function cellWork(
  titles: readonly string[],
  runs: ReadonlyMap<string, ResultsRun>,
): CellWork {
  const behind = titles.flatMap((title) => runs.get(title) ?? []);
  const open = behind.filter(({ state }) => state !== 'finished');
  const left = open.filter(({ status }) => status !== 'queued' && status !== 'running');
  const seconds = left.map((run) => run.seconds);
  return {
    left,
    queued: open.filter(({ status }) => status === 'queued'),
    running: open.find(({ status }) => status === 'running') ?? null,
    failure: left.find(({ failure }) => failure !== null)?.failure ?? null,
    seconds: seconds.includes(null)
      ? null
      : seconds.reduce<number>((sum, one) => sum + (one ?? 0), 0),
  };
}

/** Every run behind a row, each once. */
export function rowTitles(row: { cells: readonly { runs: readonly string[] }[] }): string[] {
  return [...new Set(row.cells.flatMap(({ runs }) => runs))];
}
