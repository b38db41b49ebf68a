import { listEvaluations } from '../store/evaluations.ts';
import { listOutcomes } from '../store/outcomes.ts';
import type { RunRow } from '../store/runs.ts';
import { listStability, recordStability, type Stability } from '../store/stability.ts';
import type { App } from './app.ts';
import { attributionOf } from './attribute.ts';

/**
 * How far the maps of the true class drift under the run's newest attack, for every attacked image,
 * in test order. What was measured before is read from the store.
 */
export async function measureStability(app: App, run: RunRow, stage: string): Promise<Stability[]> {
  const evaluation = listEvaluations(app.db, run.id).find(
    ({ attack, status }) => attack.name !== 'none' && status === 'finished',
  );
  if (!evaluation) return [];
  const known = new Map(listStability(app.db, evaluation.id).map((row) => [row.id, row]));
  const outcomes = listOutcomes(app.db, evaluation.id);
  const rows: Stability[] = [];
  for (const [index, { id, label }] of outcomes.entries()) {
    const before = known.get(id);
    const row = before?.target === label ? before : await measure(app, run, id);
    if (row !== before) recordStability(app.db, evaluation.id, [row]);
    rows.push(row);
    app.report({ stage, done: index + 1, total: outcomes.length });
    app.signal.throwIfAborted();
  }
  return rows;
}

async function measure(app: App, run: RunRow, id: string): Promise<Stability> {
  const { attribution } = await attributionOf(app, run, id, null);
  return { id, target: attribution.target, ...attribution.drift };
}
