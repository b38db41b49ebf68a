import { computed, type WritableComputedRef } from 'vue';
import { useRoute, useRouter } from 'vue-router';

/**
 * The chosen tab of a page, held by its address as `?tab=`: a reload, a link and the way back keep
 * it. The opening tab stands for itself and leaves no query; a name that is no tab is taken for it.
 * @param opening the tab that the page opens at; the first unless told
 */
export function useTab<Tab extends string>(
  tabs: readonly [Tab, ...Tab[]],
  opening: () => Tab = () => tabs[0],
): WritableComputedRef<Tab> {
  const route = useRoute();
  const router = useRouter();
  return computed({
    get: () => tabs.find((tab) => tab === route.query.tab) ?? opening(),
    set(tab) {
      // In place: the way back leads out of the page, not through every tab that was looked at.
      const query = { ...route.query, tab: tab === opening() ? undefined : tab };
      void router.replace({ query });
    },
  });
}
