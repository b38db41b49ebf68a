import { useI18n } from 'vue-i18n';

export type Say = (key: string, values?: Record<string, string | number>) => string;

/** Figures speak English, whatever the window does: their font knows no other script. */
export function useEnglish(): { here: Say; english: Say } {
  const { t } = useI18n();
  return {
    here: (key, values = {}) => t(key, values),
    english: (key, values = {}) => t(key, values, { locale: 'en' }),
  };
}
