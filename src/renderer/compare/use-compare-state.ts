import { computed } from 'vue';
import { useRoute, useRouter } from 'vue-router';
import { type CompareState, queryToState, stateToQuery } from './compare-state.ts';

/** What the screen shows, held by its address: a reload, a link and the way back keep it. */
export function useCompareState() {
  const route = useRoute();
  const router = useRouter();
  const state = computed(() => queryToState(route.query));

  function go(change: Partial<CompareState>, how: 'push' | 'replace'): void {
    void router[how]({ path: '/compare', query: stateToQuery({ ...state.value, ...change }) });
  }

  /** Other runs: what was chosen about the images of the old ones is let go. */
  function setSides(sides: Partial<Pick<CompareState, 'a' | 'b'>>): void {
    go({ ...sides, image: null, seed: null, attack: null, label: null, predicted: null }, 'push');
  }

  return {
    state,
    setSides,
    /** A step that the way back undoes. */
    show: (change: Partial<CompareState>) => go(change, 'push'),
    /** A small move, such as to the next image. */
    move: (change: Partial<CompareState>) => go(change, 'replace'),
  };
}
