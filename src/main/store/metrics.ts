import type { Database } from './database.ts';
import { all, statement } from './statement.ts';

export type MetricPoint = { name: string; step: number; epoch: number; value: number };

/**
 * Stores values, NaN and the infinities too. There is one value a run, name and step: a resumed
 * run that repeats a step replaces what it wrote before.
 */
export function recordMetrics(db: Database, runId: string, points: readonly MetricPoint[]): void {
  const upsert = statement(
    db,
    `INSERT INTO metrics (run_id, name, step, epoch, value, is_nan, is_inf)
     VALUES (?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (run_id, name, step) DO UPDATE SET
       epoch = excluded.epoch, value = excluded.value,
       is_nan = excluded.is_nan, is_inf = excluded.is_inf`,
  );
  db.transaction(() => {
    for (const { name, step, epoch, value } of points) {
      const finite = Number.isFinite(value);
      const isNan = Number.isNaN(value) ? 1 : 0;
      const isInf = finite || isNan ? 0 : Math.sign(value);
      upsert.run(runId, name, step, epoch, finite ? value : null, isNan, isInf);
    }
  })();
}

/** Points by name, then step; `names` narrows, `afterStep` is exclusive. */
export function getMetrics(
  db: Database,
  runId: string,
  names?: readonly string[],
  options: { afterStep?: number } = {},
): MetricPoint[] {
  const after = options.afterStep ?? -1;
  return (names ?? metricNames(db, runId)).flatMap((name) =>
    all<{ step: number; epoch: number; value: number | null; isNan: number; isInf: number }>(
      db,
      `SELECT step, epoch, value, is_nan AS isNan, is_inf AS isInf FROM metrics
       WHERE run_id = ? AND name = ? AND step > ? ORDER BY step`,
      runId,
      name,
      after,
    ).map(({ step, epoch, value, isNan, isInf }) => ({
      name,
      step,
      epoch,
      value: value ?? (isNan ? Number.NaN : isInf * Number.POSITIVE_INFINITY),
    })),
  );
}

export function metricNames(db: Database, runId: string): string[] {
  return all<{ name: string }>(
    db,
    'SELECT DISTINCT name FROM metrics WHERE run_id = ? ORDER BY name',
    runId,
  ).map((row) => row.name);
}
