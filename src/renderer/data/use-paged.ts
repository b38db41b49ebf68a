import { onScopeDispose, ref, shallowRef, watch } from 'vue';
import type { Topic } from '../../shared/api/app.ts';
import { type Failure, toFailure } from './failure.ts';
import { missingPages } from './missing-pages.ts';
import { useLive } from './use-live.ts';

type Page<T> = { total: number; rows: T[] };

/**
 * A long list of which only the pages on the screen are asked for. When something changes, what is
 * shown stays until its page has come again.
 */
export function usePaged<T>(
  load: (offset: number, limit: number) => Promise<Page<T>>,
  options: { on: () => unknown; topics?: readonly Topic[]; pageSize?: number },
) {
  const pageSize = options.pageSize ?? 200;
  const total = ref<number | null>(null);
  const error = shallowRef<Failure | null>(null);
  const pages = shallowRef(new Map<number, T[]>());
  const live = useLive();
  let fresh = new Set<number>();
  let range = { first: 0, last: 0 };
  let generation = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  /** Asks for what is missing between two rows. */
  function show(first: number, last: number): void {
    range = { first, last };
    const known = total.value === null ? 1 : total.value;
    for (const page of missingPages(range, pageSize, known, fresh)) void loadPage(page);
  }

  async function loadPage(page: number): Promise<void> {
    fresh.add(page);
    const mine = generation;
    try {
      const answer = await load(page * pageSize, pageSize);
      if (mine !== generation) return;
      total.value = answer.total;
      pages.value = new Map(pages.value).set(page, answer.rows);
      error.value = null;
    } catch (thrown) {
      if (mine !== generation) return;
      fresh.delete(page);
      error.value = toFailure(thrown);
    }
  }

  function rowAt(index: number): T | undefined {
    return pages.value.get(Math.floor(index / pageSize))?.[index % pageSize];
  }

  /** Asks again for what is on the screen; `clear` forgets what is shown at once. */
  function reload(clear: boolean): void {
    generation += 1;
    fresh = new Set();
    if (clear) {
      pages.value = new Map();
      total.value = null;
    }
    show(range.first, range.last);
  }

  watch(options.on, () => reload(true));
  watch(
    () => (options.topics ?? []).map((topic) => live.changes[topic]).join(),
    () => {
      timer ??= setTimeout(() => {
        timer = undefined;
        reload(false);
      }, 500);
    },
  );
  onScopeDispose(() => {
    clearTimeout(timer);
    generation += 1;
  });
  show(0, 0);
  return { total, error, pages, rowAt, show, reload };
}
