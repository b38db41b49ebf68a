import type { Explanation, Target } from '../../shared/api/attribution.ts';

/** A run whose predictions can be explained, as it is called beside them. */
export type TargetSubject = { side: string; run: string; answer: Explanation | null };

export type TargetItem = { value: string; key: string; values: Record<string, string> };

/** A target as the value of a select; free text is asked for beside it. */
export function toValue(target: Target): string {
  return target.by === 'text' ? 'text' : JSON.stringify(target);
}

/** The targets that depend on the image: the true class, then what each run takes it for. */
export function imageTargets(subjects: readonly TargetSubject[]): TargetItem[] {
  const known = subjects.find(({ answer }) => answer !== null)?.answer;
  const truth = known?.classNames[known.image.label] ?? '';
  const predictions = subjects.flatMap(({ side, run, answer }) =>
    (['clean', 'adversarial'] as const).map((of) => ({
      value: toValue({ by: 'prediction', run, of }),
      key: `prediction.${of}`,
      values: { side, class: answer?.classNames[answer.predicted[of]] ?? '' },
    })),
  );
  return [
    {
      value: toValue({ by: 'label' }),
      key: 'label',
      values: { class: truth, labelFrom: known?.image.labelFrom ?? 'split' },
    },
    ...predictions,
  ];
}

/** Every class by its name. */
export function classTargets(classNames: readonly string[]): TargetItem[] {
  return classNames.map((name) => ({
    value: toValue({ by: 'class', name }),
    key: 'class',
    values: { class: name },
  }));
}
