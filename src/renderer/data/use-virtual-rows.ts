import { useVirtualizer } from '@tanstack/vue-virtual';
import { computed, type MaybeRefOrGetter, toValue, watch } from 'vue';
import type { usePaged } from './use-paged.ts';

type VirtualRows = {
  list: () => Pick<ReturnType<typeof usePaged<unknown>>, 'total' | 'show'>;
  scroller: () => HTMLElement | null;
  /** Height of a row in pixels. */
  height: MaybeRefOrGetter<number>;
  /** Entries that stand side by side in one row. */
  columns?: MaybeRefOrGetter<number>;
  overscan?: number;
};

/** Rows of a long list: only those in view exist in the page, and only their pages are asked for. */
export function useVirtualRows({ list, scroller, height, columns = 1, overscan = 8 }: VirtualRows) {
  const rows = useVirtualizer(
    computed(() => ({
      count: Math.ceil((list().total.value ?? 0) / toValue(columns)),
      getScrollElement: scroller,
      estimateSize: () => toValue(height),
      overscan,
    })),
  );
  watch(
    () => toValue(height),
    () => rows.value.measure(),
  );
  watch(
    () => rows.value.getVirtualItems().map(({ index }) => index),
    (shown) => {
      const first = (shown[0] ?? 0) * toValue(columns);
      list().show(first, ((shown.at(-1) ?? 0) + 1) * toValue(columns) - 1);
    },
  );
  return rows;
}
