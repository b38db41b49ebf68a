import { createSharedComposable, useColorMode } from '@vueuse/core';
import { computed } from 'vue';

export const THEMES = ['auto', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

/** Light or dark: the system's (`auto`) unless a person chose; one for the whole window. */
export const useTheme = createSharedComposable(() => {
  const { store, state } = useColorMode({ storageKey: 'fapt.theme', disableTransition: false });
  return { choice: store, isDark: computed(() => state.value === 'dark') };
});
