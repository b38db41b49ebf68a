import type { TwoMethods } from '../../../shared/api/compare-datasets.ts';
import type { Outcome } from '../../../shared/results.ts';
import { signTest } from '../../statistics/sign-test.ts';
import type { Database } from '../../store/database.ts';
import type { EvaluationRow } from '../../store/evaluations.ts';
import { clustersOf } from '../../store/images.ts';
import { type OutcomesReader, outcomesReader } from '../../store/outcomes.ts';
import type { CommonEvaluation } from './common-evaluations.ts';
import type { DatasetRuns } from './lay-datasets.ts';

export type Measure = 'natural' | 'robust';

/** The second of two methods against the first, image by image, over their common seeds. */
export function datasetDifference(
  db: Database,
  { datasetId, dataset, methods: [a = [], b = []] }: DatasetRuns,
  { rows }: CommonEvaluation,
  measure: Measure,
): Omit<TwoMethods['differences'][number], 'adjusted'> {
  const read = outcomesReader(db);
  const right = (run: { id: string }) => rightById(read, rows.get(run.id), measure);
  const sums = new Map<string, number>();
  for (const [seed, run] of a.entries()) {
    const other = right(b[seed] ?? run);
    for (const [id, value] of right(run)) {
      sums.set(id, (sums.get(id) ?? 0) + (other.get(id) ?? 0) - value);
    }
  }
  const differences = [...sums.values()];
  const total = differences.reduce((sum, difference) => sum + difference, 0);
  const clusters = clustersOf(db, datasetId, 'test', sums.keys());
  // An image that has left the dataset since stands alone.
  const names = clusters && [...sums.keys()].map((id) => clusters.get(id) ?? `image:${id}`);
  return {
    dataset,
    delta: total / (differences.length * a.length),
    unit: clusters === null ? 'images' : 'clusters',
    ...signTest(differences, names),
  };
}

function rightById(
  read: OutcomesReader,
  row: EvaluationRow | undefined,
  measure: Measure,
): Map<string, number> {
  const isRight = ({ clean, adversarial, label }: Outcome) =>
    (measure === 'natural' ? clean : adversarial) === label;
  const outcomes = row ? read(row.id) : [];
  return new Map(outcomes.map((outcome) => [outcome.id, Number(isRight(outcome))]));
}
