import type { WorstCase } from '../../shared/api-results.ts';
import { wilsonInterval } from '../statistics/wilson.ts';
import type { Database } from '../store/database.ts';
import { type EvaluationRow, listEvaluations } from '../store/evaluations.ts';
import { type OutcomesReader, outcomesReader } from '../store/outcomes.ts';

/**
 * Image by image the worst that any attack of one size did: an image counts as right where every
 * final adversarial image was. One entry for each size and set of images that several attacks met.
 */
export function worstCases(
  db: Database,
  runId: string,
  read: OutcomesReader = outcomesReader(db),
): WorstCase[] {
  const attacked = listEvaluations(db, runId).filter(
    ({ status, attack, attacked: n }) => status === 'finished' && attack.name !== 'none' && n > 0,
  );
  const groups = Map.groupBy(attacked, ({ attack, datasetId, classes, idsHash }) =>
    JSON.stringify([datasetId, classes, idsHash, attack.norm, attack.epsilon, attack.frame]),
  );
  return [...groups.values()]
    .filter((group) => group.length > 1)
    .map((group) => worstOf(group, read));
}

function worstOf(group: EvaluationRow[], read: OutcomesReader): WorstCase {
  const fooled = new Set<string>();
  for (const { id } of group) {
    for (const outcome of read(id)) {
      if (outcome.adversarial !== outcome.label) fooled.add(outcome.id);
    }
  }
  const { n, attack } = group[0] as EvaluationRow;
  const right = n - fooled.size;
  return {
    robustAccuracy: right / n,
    ci: wilsonInterval(right, n),
    n,
    norm: attack.norm,
    epsilon: attack.epsilon,
    attacks: group.map((row) => row.attack),
  };
}
