import { onScopeDispose, ref, type ShallowRef, shallowRef, watch } from 'vue';
import type { Topic } from '../../shared/api/app.ts';
import { type Failure, toFailure } from './failure.ts';
import { useLive } from './use-live.ts';

export type Query<T> = {
  data: ShallowRef<T | null>;
  error: ShallowRef<Failure | null>;
  isLoading: ReturnType<typeof ref<boolean>>;
  reload: () => Promise<void>;
};

/** The least time between two questions of one query, however often something changes. */
const PAUSE_MS = 250;

/**
 * Asks the application and keeps the answer; asks again when what it depends on changes, or when
 * one of the topics does. An older answer never replaces a newer one; what is shown stays until
 * the new answer is there.
 */
export function useQuery<T>(
  load: () => Promise<T>,
  options: { topics?: readonly Topic[]; on?: () => unknown } = {},
): Query<T> {
  const data = shallowRef<T | null>(null);
  const error = shallowRef<Failure | null>(null);
  const isLoading = ref(true);
  const live = useLive();
  let newest = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  async function reload(): Promise<void> {
    newest += 1;
    const mine = newest;
    isLoading.value = true;
    try {
      const answer = await load();
      if (mine !== newest) return;
      data.value = answer;
      error.value = null;
    } catch (thrown) {
      if (mine === newest) error.value = toFailure(thrown);
    } finally {
      if (mine === newest) isLoading.value = false;
    }
  }

  function soon(): void {
    timer ??= setTimeout(() => {
      timer = undefined;
      void reload();
    }, PAUSE_MS);
  }

  const { topics = [], on } = options;
  watch(() => topics.map((topic) => live.changes[topic]).join(), soon);
  if (on) watch(on, () => void reload());
  onScopeDispose(() => {
    clearTimeout(timer);
    newest += 1;
  });
  void reload();
  return { data, error, isLoading, reload };
}
