import { useI18n } from 'vue-i18n';
import type { Failure } from './failure.ts';

/**
 * What kind of failure it is, in the window's language. The sentence beside it is the application's
 * own, in English in every language, as it stands in its log.
 */
export function useHeadline(): (failure: Failure) => string {
  const { t, te } = useI18n({ useScope: 'global' });
  return ({ code }) => (te(`failures.${code}`) ? t(`failures.${code}`) : t('common.error.title'));
}
