import { type EvaluationAttack, evaluationAttackSchema, PIXEL_STEP } from '../../shared/attack.ts';

/** An attack as the form edits it: sizes in 1/255 for l-inf, as lengths for l2. An emptied field is null. */
export type AttackDraft = {
  name: Exclude<EvaluationAttack['name'], 'none'>;
  norm: EvaluationAttack['norm'];
  loss: EvaluationAttack['loss'];
  epsilon: number | null;
  stepSize: number | null;
  steps: number | null;
  restarts: number | null;
};

export function toDraft(attack: EvaluationAttack): AttackDraft {
  const unit = unitOf(attack.norm);
  const { name, norm, loss, steps, restarts } = attack;
  return {
    name: name === 'none' ? 'pgd' : name,
    ...{ norm, loss, steps, restarts },
    epsilon: rounded(attack.epsilon / unit),
    stepSize: rounded(attack.stepSize / unit),
  };
}

/** Null where a field is empty or out of range. */
export function toAttack(draft: AttackDraft): EvaluationAttack | null {
  const unit = unitOf(draft.norm);
  const { epsilon, stepSize } = draft;
  const parsed = evaluationAttackSchema.safeParse({
    ...draft,
    epsilon: epsilon === null ? null : epsilon * unit,
    stepSize: stepSize === null ? null : stepSize * unit,
  });
  return parsed.success ? parsed.data : null;
}

export function unitOf(norm: EvaluationAttack['norm']): number {
  return norm === 'linf' ? PIXEL_STEP : 1;
}

function rounded(value: number): number {
  return Number(value.toPrecision(6));
}
