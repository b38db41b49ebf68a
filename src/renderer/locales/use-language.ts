import { useLocalStorage, usePreferredLanguages } from '@vueuse/core';
import { watchEffect } from 'vue';
import { useI18n } from 'vue-i18n';
import { LANGUAGES, type LanguageChoice, pickLanguage } from './languages.ts';

const KEY = 'fapt.language';

/** The choice of an earlier session, before anything is mounted. */
export function storedLanguage(): LanguageChoice {
  const stored = localStorage.getItem(KEY);
  return LANGUAGES.find((language) => language === stored) ?? 'system';
}

/** The choice of language; changing it changes every text and the page's `lang`. */
export function useLanguage() {
  const choice = useLocalStorage<LanguageChoice>(KEY, 'system');
  const system = usePreferredLanguages();
  const { locale } = useI18n({ useScope: 'global' });
  watchEffect(() => {
    locale.value = pickLanguage(choice.value, system.value);
    document.documentElement.lang = locale.value;
  });
  return { choice, locale };
}
