import { computed } from 'vue';
import { api } from '../client/client.ts';
import { useQuery } from '../data/use-query.ts';

/** Runs whose prompts can be attacked. */
const STATUSES: ('finished' | 'stopped')[] = ['finished', 'stopped'];
/** As many as a person looks through. */
const MOST = 500;

/**
 * The runs that the lab can attack, newest first, and the chosen one of them, which is there however
 * old it is.
 * @param chosen run id; empty: none
 */
export function useLabRuns(chosen: () => string) {
  const runs = useQuery(
    async () => {
      const { runs: newest } = await api.runs.list({ filter: { statuses: STATUSES }, limit: MOST });
      const id = chosen();
      if (id === '' || newest.some((run) => run.id === id)) return newest;
      const own = await api.runs.list({ filter: { statuses: STATUSES, ids: [id] } });
      return [...own.runs, ...newest];
    },
    { topics: ['runs'] },
  );
  const item = computed(() => runs.data.value?.find(({ id }) => id === chosen()) ?? null);
  /** What was chosen is no such run: deleted in another window, or not finished. */
  const isGone = computed(
    () =>
      chosen() !== '' && runs.data.value !== null && !runs.isLoading.value && item.value === null,
  );
  return { runs, item, isGone };
}
