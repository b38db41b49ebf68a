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
  function clear(): void {
    chosen.value = new Set();
  }
  return { chosen, count, toggle, clear };
}
