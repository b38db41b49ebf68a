import { useI18n } from 'vue-i18n';
import { METHODS } from '../../shared/method-catalogue.ts';
import { useCatalogueText } from '../locales/use-catalogue-text.ts';
import type { SideOption } from './sides.ts';

/** How a choice of runs is called: its method and seeds, and beside it where it was measured. */
export function useSideText() {
  const { t } = useI18n();
  const text = useCatalogueText();

  function name({ group, seed, runs }: SideOption): string {
    const method = text(METHODS[group.method].title);
    const seeds =
      seed === null ? t('compare.allSeeds', { n: runs.length }) : t('common.seed', { seed });
    return t('compare.sideName', { method, seeds });
  }

  function where({ group, seed, runs }: SideOption): string {
    const few = METHODS[group.method].tuned
      ? [t('common.shots', { n: group.shots }, group.shots)]
      : [];
    const id = seed === null ? [] : [(runs[0] ?? '').slice(0, 8)];
    return [group.dataset, group.model, ...few, ...id].join(', ');
  }
  return { name, where };
}
