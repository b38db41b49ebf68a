import { computed, onScopeDispose, ref, shallowRef, watch } from 'vue';
import type { Explanation } from '../../shared/api/attribution.ts';
import { api } from '../client/client.ts';
import { useWork } from '../data/use-work.ts';
import { type Question, useKeptExplanations } from './kept-explanations.ts';

/** How long a slider must rest before the application is asked. */
const PAUSE_MS = 120;

/**
 * The newest answer to a question that changes. While another step, target or attack of the same
 * image is on its way, the last answer stays and is stale.
 * @param question null: nothing to ask
 */
export function useExplanation(question: () => Question | null) {
  const work = useWork<Explanation>();
  const kept = useKeptExplanations();
  const data = shallowRef<Explanation | null>(null);
  const shownKey = shallowRef('');
  /** A person stopped it. */
  const isStopped = ref(false);
  const key = computed(() => JSON.stringify(question()));
  let timer: ReturnType<typeof setTimeout> | undefined;

  function show(answer: Explanation | null): void {
    data.value = answer;
    shownKey.value = key.value;
  }

  async function ask(): Promise<void> {
    const asked = question();
    const mine = key.value;
    isStopped.value = false;
    if (!asked) return;
    const answer = await work.start((signal) => api.attribution.get(asked, { signal }));
    if (!answer) return;
    kept.set(mine, answer);
    if (mine === key.value) show(answer);
  }

  function subjectOf(from: Question | null): string {
    return JSON.stringify(from && [from.run, from.image]);
  }

  watch(
    key,
    (now, before) => {
      clearTimeout(timer);
      work.cancel();
      work.reset();
      isStopped.value = false;
      const asked = question();
      const known = kept.get(now);
      if (!asked || known) return show(known ?? null);
      const earlier: Question | null = before ? JSON.parse(before) : null;
      if (subjectOf(earlier) !== subjectOf(asked)) data.value = null;
      timer = setTimeout(() => void ask(), before === undefined ? 0 : PAUSE_MS);
    },
    { immediate: true },
  );
  onScopeDispose(() => clearTimeout(timer));
  const isStale = computed(() => data.value !== null && shownKey.value !== key.value);
  return {
    data,
    isStale,
    error: work.error,
    progress: work.progress,
    isRunning: work.isRunning,
    reload: ask,
    isStopped,
    cancel: () => {
      work.cancel();
      isStopped.value = true;
    },
  };
}
export type ExplanationState = ReturnType<typeof useExplanation>;
