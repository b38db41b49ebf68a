import { computed } from 'vue';
import { useI18n } from 'vue-i18n';
import type { DatasetDetail } from '../../shared/api/datasets.ts';
import { api } from '../client/client.ts';
import { useAction } from '../data/use-action.ts';

/** What the application follows at once. */
export const MOST_PINS = 8;

/** Images of a dataset whose maps are followed in every training on it. */
export function usePins(dataset: () => DatasetDetail) {
  const { t } = useI18n();
  const { run } = useAction();
  const images = computed(() => dataset().pinned.images);
  const isPinned = (path: string) => images.value.includes(path);

  async function toggle(path: string): Promise<void> {
    const rest = images.value.filter((one) => one !== path);
    const wanted = isPinned(path) ? rest : [...rest, path];
    await run(async () => {
      if (wanted.length > MOST_PINS) throw new Error(t('datasets.pins.most', { n: MOST_PINS }));
      await api.datasets.pin({ dataset: dataset().name, images: wanted });
    });
  }
  return { images, isPinned, toggle };
}
