import { useToast } from '@nuxt/ui/composables/useToast';
import { useI18n } from 'vue-i18n';
import { useRouter } from 'vue-router';
import { api } from '../client/client.ts';

/** Says of work that was just queued why it does not begin: after a pause nothing does by itself. */
export function useHeldQueueNote(): () => Promise<void> {
  const toast = useToast();
  const router = useRouter();
  const { t } = useI18n({ useScope: 'global' });
  return async () => {
    const { blocked } = await api.queue.list();
    if (!blocked) return;
    toast.add({
      title: t('queue.waits'),
      description: blocked,
      color: 'warning',
      icon: 'i-lucide-octagon-pause',
      duration: 0,
      actions: [{ label: t('queue.look'), onClick: () => void router.push('/queue') }],
    });
  };
}
