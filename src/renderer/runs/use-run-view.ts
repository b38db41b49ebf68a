import { computed } from 'vue';
import { useRoute, useRouter } from 'vue-router';
import type { ViewQuery } from '../../shared/api/saved-views.ts';
import { cleanFilter, textToView, viewToText } from './view-state.ts';

/** The view of the list of runs, kept in the address. */
export function useRunView() {
  const route = useRoute();
  const router = useRouter();
  const view = computed(() => textToView(route.query.view));

  function setView(next: ViewQuery): void {
    void router.replace({ query: { ...route.query, view: viewToText(next) } });
  }
  function setFilter(change: ViewQuery['filter']): void {
    const filter = cleanFilter({ ...view.value.filter, ...change });
    setView({ ...view.value, filter });
  }
  return { view, setView, setFilter };
}
