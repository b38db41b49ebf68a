import { createSharedComposable } from '@vueuse/core';
import { computed } from 'vue';
import { api } from '../client/client.ts';
import { useQuery } from '../data/use-query.ts';

/** All tags of the workspace with their colours, asked for once for the whole window. */
export const useTags = createSharedComposable(() => {
  const query = useQuery(() => api.runs.tags.list(), { topics: ['runs'] });
  const colors = computed(
    () => new Map((query.data.value ?? []).map((tag) => [tag.tag, tag.color])),
  );
  return { query, colors };
});
