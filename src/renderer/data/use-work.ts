import { onScopeDispose, ref, shallowRef } from 'vue';
import { finishWork } from '../client/work.ts';
import { type Failure, toFailure } from './failure.ts';

type Begin<T> = (signal: AbortSignal) => Parameters<typeof finishWork<T>>[0];

/** A longer work of the application with its progress; leaving the page, or `cancel`, stops it. */
export function useWork<T>() {
  const progress = shallowRef<{ stage: string; done: number; total: number } | null>(null);
  const result = shallowRef<T | null>(null);
  const error = shallowRef<Failure | null>(null);
  const isRunning = ref(false);
  let controller: AbortController | undefined;

  /** Resolves to null where the work failed or was stopped; `error` then says why. */
  async function start(begin: Begin<T>): Promise<T | null> {
    cancel();
    reset();
    const mine = new AbortController();
    controller = mine;
    isRunning.value = true;
    try {
      const answer = await finishWork<T>(
        begin(mine.signal),
        (step) => {
          progress.value = step;
        },
        mine.signal,
      );
      if (mine.signal.aborted) return null;
      result.value = answer;
      return answer;
    } catch (thrown) {
      if (!mine.signal.aborted) error.value = toFailure(thrown);
      return null;
    } finally {
      if (controller === mine) isRunning.value = false;
    }
  }

  function reset(): void {
    progress.value = null;
    result.value = null;
    error.value = null;
  }

  function cancel(): void {
    controller?.abort();
    isRunning.value = false;
  }

  onScopeDispose(cancel);
  return { progress, result, error, isRunning, start, cancel, reset };
}
