import { computed, ref } from 'vue';

/** Which rows of a list are ticked. */
export function useSelection() {
  const chosen = ref(new Set<string>());
  const count = computed(() => chosen.value.size);

  function toggle(id: string): void {
    const next = new Set(chosen.value);
    if (!next.delete(id)) next.add(id);
    chosen.value = next;
  }
  /** All of them, or none where all were ticked. */
  function toggleAll(ids: readonly string[]): void {
    const next = new Set(chosen.value);
    const isWhole = ids.every((id) => next.has(id));
    for (const id of ids) isWhole ? next.delete(id) : next.add(id);
    chosen.value = next;
  }
  function clear(): void {
    chosen.value = new Set();
  }
  return { chosen, count, toggle, toggleAll, clear };
}
