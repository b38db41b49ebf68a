import { useToast } from '@nuxt/ui/composables/useToast';
import { useI18n } from 'vue-i18n';

/** Says which characters a figure's font could not draw; nothing where there are none. */
export function useMissingNote(): (characters: string) => void {
  const { t } = useI18n();
  const toast = useToast();
  return (characters) => {
    if (characters === '') return;
    toast.add({
      title: t('export.missingTitle'),
      description: t('export.missing', { characters }),
      color: 'warning',
      icon: 'i-lucide-triangle-alert',
      duration: 0,
    });
  };
}
