import { useIntervalFn, usePreferredReducedMotion } from '@vueuse/core';
import { computed } from 'vue';
import type { Lab } from './use-lab.ts';

/** Long enough to see a step; a step that is not there yet is waited for. */
const PAUSE_MS = 350;

/** Plays an attack from its start. Nothing plays for a person who asked for less motion. */
export function usePlayer(lab: Lab) {
  const motion = usePreferredReducedMotion();
  const timer = useIntervalFn(
    () => {
      if (lab.explanation.isRunning.value || lab.explanation.isStale.value) return;
      if (lab.step.value === null) return timer.pause();
      lab.moveStep(1);
    },
    PAUSE_MS,
    { immediate: false },
  );
  const canPlay = computed(() => motion.value !== 'reduce' && lab.steps.value.length > 1);

  function toggle(): void {
    if (timer.isActive.value) timer.pause();
    else if (canPlay.value) {
      lab.step.value ??= lab.steps.value[0] ?? null;
      timer.resume();
    }
  }
  return { isPlaying: timer.isActive, canPlay, toggle };
}
