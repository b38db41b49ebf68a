import { METHODS } from '../../shared/method-catalogue.ts';
import type { MethodCurves, Point } from '../export/report/report-data.ts';
import { meanOfStretches } from '../export/report/smooth.ts';
import { weakTerms } from '../jobs/weak-terms.ts';
import type { Database } from '../store/database.ts';
import { getMetrics } from '../store/metrics.ts';
import type { RunRow } from '../store/runs.ts';

/** Points a curve is drawn with. */
const POINTS = 120;
const TERM_NAMES: Record<string, string> = {
  nat: 'clean CE',
  adv: 'adversarial',
  vaa: 'image maps',
  taa: 'word maps',
};

/** A run's loss, its terms, and what each weighted term weighed in the gradient. */
export function trainingCurves(db: Database, run: RunRow): MethodCurves {
  const byName = new Map<string, Point[]>();
  const shares = new Map<string, Point[]>();
  for (const { name, step, epoch, value } of getMetrics(db, run.id)) {
    const [group, term] = name.split('.');
    if (name === 'loss') push(byName, 'total', [step, value]);
    else if (group === 'terms' && term) push(byName, TERM_NAMES[term] ?? term, [step, value]);
    else if (group === 'gradientShares' && term) push(shares, term, [epoch, value]);
  }
  const values = new Map([...shares].map(([term, points]) => [term, points.map(([, y]) => y)]));
  return {
    method: run.method,
    title: METHODS[run.method].title,
    seed: run.seed,
    series: [...byName].map(([name, points]) => ({
      name,
      points: meanOfStretches(points, POINTS),
    })),
    shares: [...shares].map(([term, points]) => ({ term: TERM_NAMES[term] ?? term, points })),
    weak: weakTerms(values).map((term) => TERM_NAMES[term] ?? term),
  };
}

function push(map: Map<string, Point[]>, name: string, point: Point): void {
  const points = map.get(name) ?? [];
  points.push(point);
  map.set(name, points);
}
