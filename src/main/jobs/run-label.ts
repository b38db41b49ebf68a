import type { RunRow } from '../store/runs.ts';

/** A run in the words of progress lines: `cba-fapt, seed 1`. */
export function runLabel(run: Pick<RunRow, 'method' | 'seed'>): string {
  return `${run.method}, seed ${run.seed}`;
}
