import { computed, onScopeDispose, watch } from 'vue';
import type { Explanation } from '../../shared/api/attribution.ts';
import { api } from '../client/client.ts';
import { useWork } from '../data/use-work.ts';
import { type Question, useKeptExplanations } from './kept-explanations.ts';

/** How long a person must have stayed. */
const REST_MS = 400;

/**
 * Asks what will probably be asked next, one after another, and keeps the answers. Other questions
 * stop it; what fails is told when it is asked for in earnest.
 */
export function useAhead(questions: () => readonly Question[]): void {
  const work = useWork<Explanation>();
  const kept = useKeptExplanations();
  const key = computed(() => JSON.stringify(questions()));
  let timer: ReturnType<typeof setTimeout> | undefined;

  async function ask(): Promise<void> {
    for (const question of questions()) {
      const one = JSON.stringify(question);
      if (kept.get(one)) continue;
      const answer = await work.start((signal) => api.attribution.get(question, { signal }));
      if (!answer) return;
      kept.set(one, answer);
    }
  }

  watch(
    key,
    () => {
      clearTimeout(timer);
      work.cancel();
      if (questions().length > 0) timer = setTimeout(() => void ask(), REST_MS);
    },
    { immediate: true },
  );
  onScopeDispose(() => clearTimeout(timer));
}
