import { useToast } from '@nuxt/ui/composables/useToast';
import { ref } from 'vue';
import { toFailure } from './failure.ts';
import { useHeadline } from './use-headline.ts';

/**
 * A thing a button does. While it runs `isBusy` is true; when it fails, a message says why and
 * stays until it is closed. Resolves to null after a failure.
 */
export function useAction() {
  const toast = useToast();
  const headline = useHeadline();
  const isBusy = ref(false);

  async function run<T>(action: () => Promise<T>, done?: string): Promise<T | null> {
    isBusy.value = true;
    try {
      const result = await action();
      if (done) toast.add({ title: done, color: 'success', icon: 'i-lucide-check' });
      return result;
    } catch (thrown) {
      const failure = toFailure(thrown);
      toast.add({
        title: headline(failure),
        description: failure.message,
        color: 'error',
        icon: 'i-lucide-circle-x',
        duration: 0,
      });
      return null;
    } finally {
      isBusy.value = false;
    }
  }
  return { isBusy, run };
}
