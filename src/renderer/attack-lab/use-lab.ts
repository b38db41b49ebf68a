import { computed, ref, shallowRef, watch } from 'vue';
import type { ImageSource, Target } from '../../shared/api/attribution.ts';
import type { LabTrajectory } from '../../shared/api/lab.ts';
import type { EvaluationAttack } from '../../shared/attack.ts';
import { api } from '../client/client.ts';
import { useWork } from '../data/use-work.ts';
import { movedStep } from '../maps/step-moves.ts';
import { useExplanation } from '../maps/use-explanation.ts';

/** What the lab looks at: one run, one image, one attack. */
type LabSubject = {
  run: string;
  image: ImageSource;
  /** The class of a dropped image; null: what the run takes it for. */
  label: string | null;
  /** Null: the run's own. */
  attack: EvaluationAttack | null;
};

/** The attack's way through its steps, and the maps of the step that is looked at. */
export function useLab() {
  const subject = shallowRef<LabSubject | null>(null);
  const step = ref<number | null>(null);
  const target = ref<Target>({ by: 'label' });
  const work = useWork<LabTrajectory>();
  const trajectory = work.result;

  async function attack(next: LabSubject | null = subject.value): Promise<void> {
    subject.value = next;
    step.value = null;
    if (next === null) return work.cancel();
    await work.start((signal) => api.lab.trajectory(next, { signal }));
  }

  /** The image as every further question names it: a dropped file is sent once. */
  const image = computed<ImageSource | null>(() => {
    const from = subject.value?.image ?? null;
    if (from?.from !== 'file') return from;
    const known = trajectory.value?.image;
    return known ? { from: 'kept', name: known.name, sha256: known.sha256 } : null;
  });
  /** What the sweep, the noise and the checks ask with; null until the attack has run. */
  const question = computed(() => {
    const asked = subject.value;
    const answer = trajectory.value;
    if (!asked || !answer || !image.value) return null;
    return { run: asked.run, image: image.value, label: asked.label, attack: answer.attack };
  });
  const explanation = useExplanation(() => {
    const asked = question.value;
    if (!asked) return null;
    const { run, label } = asked;
    const adversary = { run: null, attack: asked.attack, step: step.value };
    return { run, label, image: asked.image, target: target.value, adversary };
  });

  const steps = computed(() => trajectory.value?.kept ?? []);
  /** The numbers of the step that is looked at; of the answer where no step is. */
  const shown = computed(() => {
    const answer = trajectory.value;
    if (!answer) return null;
    const at = step.value ?? answer.answer.step;
    return answer.steps.find((one) => one.step === at) ?? null;
  });
  watch(
    () => subject.value?.run,
    () => {
      target.value = { by: 'label' };
    },
  );

  return {
    subject,
    trajectory,
    work,
    attack,
    image,
    question,
    explanation,
    step,
    steps,
    shown,
    target,
    moveStep: (by: 1 | -1) => {
      step.value = movedStep(steps.value, step.value, by);
    },
  };
}
export type Lab = ReturnType<typeof useLab>;
