import { computed } from 'vue';
import { api } from '../client/client.ts';
import { useQuery } from '../data/use-query.ts';

/** As many of a test set as a person walks through. */
const MOST = 500;

/**
 * The images that the keys walk through: those given, or, where that list is empty, those that a
 * run was measured on.
 * @param given null: not known yet
 */
export function useWalkedImages(given: () => string[] | null, run: () => string) {
  const isWhole = computed(() => given()?.length === 0);
  const measured = useQuery(
    async () => {
      if (!isWhole.value) return null;
      const { outcomes } = await api.runs.outcomes({ run: run(), limit: MOST });
      return outcomes.map(({ id }) => id);
    },
    { on: () => [isWhole.value, run()].join() },
  );
  const list = computed(() => (isWhole.value ? measured.data.value : given()));
  return { list, isWhole };
}
