import { computed, type Ref, ref, watch } from 'vue';
import type { Target } from '../../shared/api/attribution.ts';
import type { EvaluationAttack } from '../../shared/attack.ts';
import type { Question } from '../maps/kept-explanations.ts';
import type { MapDisplay } from '../maps/map-display.ts';
import { commonSteps, movedStep } from '../maps/step-moves.ts';
import { useAhead } from '../maps/use-ahead.ts';
import { useExplanation } from '../maps/use-explanation.ts';
import { usePicture } from '../maps/use-picture.ts';
import { useScales } from './use-scales.ts';

/** Sides of a comparison, by run id. */
export type Sides = { a: string; b: string };

/** Whose attack makes the adversarial images: one run's for both, or each run's own. */
export const WHOSE = ['each', 'a', 'b'] as const;
export type Whose = (typeof WHOSE)[number];

/**
 * Both runs' answers about one image, and everything that is asked with it.
 * @param attack that both are looked at under; null: each run's newest
 * @param next the image that the keys go to: it is looked at ahead
 */
export function useComparison(
  sides: () => Sides,
  image: () => string | null,
  attack: () => EvaluationAttack | null,
  next: () => string | null,
  display: Ref<MapDisplay>,
) {
  const target = ref<Target>({ by: 'label' });
  const whose = ref<Whose>('each');
  const step = ref<number | null>(null);

  function questionOf(side: 'a' | 'b', example: string): Question {
    const attacked = whose.value === 'each' ? null : sides()[whose.value];
    return {
      run: sides()[side],
      image: { from: 'test', example },
      target: target.value,
      adversary: { run: attacked, attack: attack(), step: step.value },
    };
  }
  function question(side: 'a' | 'b'): Question | null {
    const example = image();
    return example === null ? null : questionOf(side, example);
  }
  const a = useExplanation(() => question('a'));
  const b = useExplanation(() => question('b'));
  // Not where the attack would have to run again: nobody asked for that much work.
  const isAtRest = computed(() =>
    [a, b].every(({ data, isStale }) => data.value?.adversary.source === 'kept' && !isStale.value),
  );
  useAhead(() => {
    const example = next();
    return isAtRest.value && example !== null
      ? [questionOf('a', example), questionOf('b', example)]
      : [];
  });
  const picture = usePicture(() => {
    const asked = display.value.whole ? question('a') : null;
    return asked && { run: asked.run, image: asked.image };
  });

  const steps = computed(() =>
    commonSteps([a, b].flatMap(({ data }) => (data.value ? [data.value.adversary.steps] : []))),
  );
  // A step of one attack means nothing in another.
  watch([whose, () => sides().a, () => sides().b, () => JSON.stringify(attack())], () => {
    step.value = null;
  });

  return {
    a,
    b,
    picture,
    target,
    whose,
    step,
    steps,
    ...useScales(a, b, display),
    moveStep: (by: 1 | -1) => {
      step.value = movedStep(steps.value, step.value, by);
    },
  };
}

export type Comparison = ReturnType<typeof useComparison>;
