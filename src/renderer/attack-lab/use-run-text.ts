import { useI18n } from 'vue-i18n';
import type { RunItem } from '../../shared/api/runs.ts';
import { METHODS } from '../../shared/method-catalogue.ts';
import { useCatalogueText } from '../locales/use-catalogue-text.ts';

/** A run in one line. */
export function useRunText() {
  const { t } = useI18n();
  const text = useCatalogueText();
  return ({ id, method, dataset, shots, seed }: RunItem): string => {
    const few = METHODS[method].tuned ? [t('common.shots', { n: shots }, shots)] : [];
    const parts = [text(METHODS[method].title), dataset, ...few, t('common.seed', { seed })];
    return `${parts.join(', ')} (${id.slice(0, 8)})`;
  };
}
