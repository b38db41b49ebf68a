import { createSharedComposable } from '@vueuse/core';
import { computed } from 'vue';
import { api } from '../client/client.ts';
import { useQuery } from './use-query.ts';

/**
 * Names of the bundled datasets and models, asked for once for the window: numbers on them are
 * always marked, since they are not the paper's.
 */
export const useDemoNames = createSharedComposable(() => {
  const datasets = useQuery(() => api.datasets.list(), { topics: ['datasets'] });
  const models = useQuery(() => api.models.list(), { topics: ['models'] });
  const names = computed(
    () =>
      new Set([
        ...(datasets.data.value?.datasets ?? []).filter(({ demo }) => demo).map(({ name }) => name),
        ...(models.data.value?.models ?? [])
          .filter(({ bundled }) => bundled)
          .map(({ name }) => name),
      ]),
  );
  const isDemo = (run: { dataset: string; model: string }): boolean =>
    names.value.has(run.dataset) || names.value.has(run.model);
  return { isDemo };
});
