import type { Explanation, Target } from '../../shared/api/attribution.ts';

/** Sides of a comparison, by run id. */
export type Sides = { a: string; b: string };

/** A target as the value of a choice. Free text is asked for beside it. */
export type TargetChoice = Exclude<Target, { by: 'text' }> | { by: 'text'; text: string };

export type TargetItem = { value: string; key: string; values: Record<string, string> };

/** A target as the value of a select, and back. */
export function toValue(target: Target): string {
  return target.by === 'text' ? 'text' : JSON.stringify(target);
}

/** The targets that depend on the image: the true class, then what each run takes it for. */
export function imageTargets(
  sides: Sides,
  answers: { a: Explanation | null; b: Explanation | null },
): TargetItem[] {
  const label = answers.a ?? answers.b;
  const truth = label?.classNames[label.image.label] ?? '';
  const predictions = (['a', 'b'] as const).flatMap((side) =>
    (['clean', 'adversarial'] as const).map((of) => {
      const answer = answers[side];
      return {
        value: toValue({ by: 'prediction', run: sides[side], of }),
        key: `prediction.${of}`,
        values: { side: side.toUpperCase(), class: answer?.classNames[answer.predicted[of]] ?? '' },
      };
    }),
  );
  return [
    { value: toValue({ by: 'label' }), key: 'label', values: { class: truth } },
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
