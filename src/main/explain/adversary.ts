import type { Adversary } from '../../shared/api/attribution.ts';
import type { EvaluationAttack } from '../../shared/attack.ts';
import { FaptError } from '../../shared/errors.ts';
import type { App } from '../api/app.ts';
import { attackSettings } from '../api/compare/alike-evaluations.ts';
import { attackOf } from '../api/create-run.ts';
import { measuredEvaluation } from '../api/measure-stability.ts';
import { type EvaluationRow, listEvaluations } from '../store/evaluations.ts';
import { findOutcome } from '../store/outcomes.ts';
import type { RunRow } from '../store/runs.ts';
import { keptBlob } from '../workspace/blobs.ts';
import type { Subject } from './subject.ts';

/** An attack on a subject's run, and what an evaluation kept of it. */
export type KnownAdversary = {
  attack: EvaluationAttack;
  evaluation: EvaluationRow | null;
  /** File of the kept perturbation. */
  kept: string | null;
};

/**
 * The attack that is asked for, and the kept perturbation where the run was evaluated under it.
 * @param asked null: the run's newest robust accuracy, else the attack it would be measured with
 * @throws FaptError `usage` for a transfer, whose images belong to the other run
 */
export function adversaryOf(
  app: App,
  { run, image }: Subject,
  asked: Adversary['attack'],
): KnownAdversary {
  if (asked?.source) {
    throw new FaptError(
      'usage',
      `Images of that attack are made on run ${asked.source}: name it as the run whose attack is shown.`,
    );
  }
  const evaluation = asked ? evaluationUnder(app, run, asked) : measuredEvaluation(app, run);
  const attack = asked ?? evaluation?.attack ?? attackOf(run.config, {});
  const { listed } = image;
  const isMet =
    evaluation && listed?.dataset.id === evaluation.datasetId && listed.split === evaluation.split;
  const outcome = isMet ? findOutcome(app.db, evaluation.id, image.id) : null;
  const kept = keptBlob(app.workspace, outcome?.perturbation);
  return { attack, evaluation: outcome ? evaluation : null, kept };
}

/** The newest evaluation under an attack, on however many images. */
function evaluationUnder(app: App, run: RunRow, attack: EvaluationAttack): EvaluationRow | null {
  const wanted = attackSettings(attack);
  const isIt = (row: EvaluationRow) => row.own && attackSettings(row.attack) === wanted;
  return listEvaluations(app.db, run.id).find(isIt) ?? null;
}
