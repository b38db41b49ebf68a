import { createSharedComposable, useIntervalFn } from '@vueuse/core';
import { ref } from 'vue';

const EVERY_MS = 30_000;

/** The time, often enough for "3 minutes ago"; one clock for the whole window. */
export const useClock = createSharedComposable(() => {
  const now = ref(Date.now());
  useIntervalFn(() => {
    now.value = Date.now();
  }, EVERY_MS);
  return now;
});
