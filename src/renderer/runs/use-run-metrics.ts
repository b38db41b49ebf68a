import { onScopeDispose, ref, shallowRef, watch } from 'vue';
import { type Metric, mergeMetrics } from '../charts/series.ts';
import { api } from '../client/client.ts';
import { useLive } from '../data/use-live.ts';
import { toMetrics } from './to-metrics.ts';

/** A chart needs no more than that; the wire carries ten wake-ups a second at most. */
const PAUSE_MS = 400;

/**
 * A run's metrics; while it trains only what is new is asked for. A run that goes back (a resume
 * from its checkpoint) sends the repeated steps again, and they replace the old ones.
 */
export function useRunMetrics(runId: () => string) {
  const metrics = shallowRef<readonly Metric[]>([]);
  const isLoaded = ref(false);
  const live = useLive();
  let lastStep = -1;
  let generation = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  async function read(): Promise<void> {
    const mine = generation;
    const run = runId();
    try {
      const answer = await api.runs.metrics({ run, afterStep: lastStep });
      if (mine !== generation) return;
      metrics.value = mergeMetrics(metrics.value, toMetrics(answer.series));
      lastStep = Math.max(lastStep, answer.lastStep);
      isLoaded.value = true;
    } catch {
      // The next wake-up, or the connection coming back, asks again.
    }
  }

  function restart(): void {
    generation += 1;
    lastStep = -1;
    metrics.value = [];
    isLoaded.value = false;
    void read();
  }

  watch(runId, restart, { immediate: true });
  watch(
    () => [live.runChanges.get(runId()), live.changes.metrics],
    () => {
      timer ??= setTimeout(() => {
        timer = undefined;
        void read();
      }, PAUSE_MS);
    },
  );
  onScopeDispose(() => {
    clearTimeout(timer);
    generation += 1;
  });
  return { metrics, isLoaded, restart };
}
