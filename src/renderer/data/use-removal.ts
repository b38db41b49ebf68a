import { ref } from 'vue';
import { useRouter } from 'vue-router';
import { useAction } from './use-action.ts';

/** A thing of the workspace that can be removed: asked first, then gone, and its list is shown. */
export function useRemoval(remove: () => Promise<unknown>, list: string) {
  const router = useRouter();
  const { run } = useAction();
  const isAsked = ref(false);
  async function confirm(): Promise<void> {
    const gone = await run(async () => {
      await remove();
      return true;
    });
    if (gone) await router.push(list);
  }
  return { isAsked, confirm };
}
