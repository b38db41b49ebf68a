import { computed, shallowRef, watch } from 'vue';
import type { Disagreement } from '../../shared/api/compare.ts';
import { api } from '../client/client.ts';
import { usePaged } from '../data/use-paged.ts';
import type { CompareState } from './compare-state.ts';

export type SeenRow = Disagreement['images'][number];
const PAGE = 200;

/**
 * The images of one cell, page by page, and which of them is looked at. An image that an address
 * names is looked for page after page; where it is none of these, the first one is shown.
 */
export function useDisagreement(state: () => CompareState) {
  const about = shallowRef<Omit<Disagreement, 'images'> | null>(null);
  const index = shallowRef<number | null>(null);

  const list = usePaged(
    async (offset, limit) => {
      const { a, b, attack, attacked, cell, label, predicted } = state();
      const question = { a, b, attack, attacked, cell, label, predicted, offset, limit };
      const { images, ...rest } = await api.compare.disagreement(question);
      about.value = rest;
      return { total: rest.total, rows: images };
    },
    { on: () => keyOf(state()), topics: ['runs'], pageSize: PAGE },
  );

  function find(): void {
    const { image, seed } = state();
    const total = list.total.value ?? 0;
    const isWanted = (row: SeenRow | undefined): boolean =>
      row?.id === image && (seed === null || row?.seed === seed);
    if (total === 0) index.value = null;
    else if (image === null) index.value = 0;
    else if (index.value === null || !isWanted(list.rowAt(index.value))) search(isWanted, total);
  }

  /** Asks for the next page where what is known does not hold it. */
  function search(isWanted: (row: SeenRow | undefined) => boolean, total: number): void {
    for (let page = 0; page * PAGE < total; page += 1) {
      const rows = list.pages.value.get(page);
      if (!rows) {
        list.show(page * PAGE, page * PAGE);
        return;
      }
      const at = rows.findIndex(isWanted);
      if (at >= 0) {
        index.value = page * PAGE + at;
        return;
      }
    }
    index.value = 0;
  }

  watch([list.pages, () => state().image, () => state().seed], find, { immediate: true });
  const row = computed(() => (index.value === null ? null : (list.rowAt(index.value) ?? null)));
  return { about, list, index, row };
}

function keyOf({ a, b, attack, attacked, cell, label, predicted }: CompareState): string {
  return JSON.stringify([a, b, attack, attacked, cell, label, predicted]);
}
