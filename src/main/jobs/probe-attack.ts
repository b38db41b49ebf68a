import type { Example, TunedModel } from '../../shared/engine-contract.ts';
import type { Outcome } from '../../shared/results.ts';
import { say } from '../../shared/sentence.ts';
import type { App } from '../api/app.ts';
import { balancedSubset } from '../datasets/subset.ts';
import { type EvaluationRow, setProbe } from '../store/evaluations.ts';
import { isHeadline, listOutcomes } from '../store/outcomes.ts';
import type { RunRow } from '../store/runs.ts';
import { StoppedError } from './job-error.ts';

/** Images each probe looks at, at most. */
const PROBED_IMAGES = 25;

type Probed = { tuned: TunedModel; examples(ids: readonly string[]): Promise<Example[]> };

/** Probes the attack of an evaluation that can stand as a robust accuracy, once. */
export async function probeAttack(
  app: App,
  run: RunRow,
  evaluation: EvaluationRow,
  { tuned, examples }: Probed,
): Promise<void> {
  const { attack } = evaluation;
  if (evaluation.probe || !isHeadline(evaluation) || attack.epsilon === 0) return;
  const { survivors, sample } = probedIds(listOutcomes(app.db, evaluation.id));
  const job = {
    tuned,
    attack,
    survivors: await examples(survivors),
    sample: await examples(sample),
  };
  const stage = say('stage.check-attack', { method: run.method, seed: run.seed });
  for await (const event of app.engine().probe(job, app.signal)) {
    if (event.type === 'progress') {
      app.report({ stage, done: Math.round((100 * event.done) / event.total), total: 100 });
    }
    if (event.type === 'probe') setProbe(app.db, evaluation.id, event.probe);
    if (event.type === 'end' && event.status === 'stopped') throw new StoppedError(run.id);
  }
}

/** The same ones whenever they are asked for: balanced over classes, the first of each. */
export function probedIds(outcomes: Outcome[]): { survivors: string[]; sample: string[] } {
  const chosen = (right: (outcome: Outcome) => boolean) =>
    balancedSubset(outcomes.filter(right), PROBED_IMAGES).map(({ id }) => id);
  return {
    survivors: chosen(({ adversarial, label }) => adversarial === label),
    sample: chosen(({ clean, label }) => clean === label),
  };
}
