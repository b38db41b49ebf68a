import { defineStore } from 'pinia';
import { computed, reactive, ref, shallowRef } from 'vue';
import { type AppStatus, TOPICS, type Topic, type WakeUp } from '../../shared/api/app.ts';
import { api, type Connection, onConnection } from '../client/client.ts';

const RETRY_MS = 1000;

/**
 * What the application is doing, and how often each kind of thing changed. The application sends
 * wake-ups without data; whoever shows something watches its counter and asks again.
 */
export const useLive = defineStore('live', () => {
  const status = shallowRef<AppStatus | null>(null);
  const connection = ref<Connection>('connecting');
  const changes = reactive(
    Object.fromEntries(TOPICS.map((topic) => [topic, 0])) as Record<Topic, number>,
  );
  /** Times that single runs changed. */
  const runChanges = reactive(new Map<string, number>());
  let isStarted = false;

  function start(): void {
    if (isStarted) return;
    isStarted = true;
    onConnection((state) => {
      connection.value = state;
    });
    void follow();
  }

  async function follow(): Promise<void> {
    for (;;) {
      try {
        await readStatus();
        bump(TOPICS);
        const after = status.value?.sequence ?? 0;
        for await (const wakeUp of await api.app.watch({ after })) take(wakeUp);
      } catch {
        // The connection says what is wrong; here it is only tried again.
      }
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }

  function take({ topics, runs }: WakeUp): void {
    bump(topics);
    for (const run of runs) runChanges.set(run, (runChanges.get(run) ?? 0) + 1);
    if (topics.some((topic) => ['status', 'queue', 'metrics'].includes(topic))) void readStatus();
  }

  function bump(topics: readonly Topic[]): void {
    for (const topic of topics) changes[topic] += 1;
  }

  let reading: Promise<void> | null = null;
  let isStale = false;
  /** One question at a time; wake-ups meanwhile lead to one more. */
  function readStatus(): Promise<void> {
    isStale = true;
    reading ??= (async () => {
      try {
        while (isStale) {
          isStale = false;
          status.value = await api.app.status();
        }
      } finally {
        reading = null;
      }
    })();
    return reading;
  }

  const engine = computed(() => status.value?.engine ?? null);
  const current = computed(() => status.value?.current ?? null);
  return { status, connection, changes, runChanges, engine, current, start };
});
