import { describe, expect, it } from 'vitest';
import { createChanges } from '../../../src/main/api/changes.ts';
import { TOPICS, type WakeUp } from '../../../src/shared/api/app.ts';

async function first(wakeUps: AsyncGenerator<WakeUp>): Promise<WakeUp> {
  const { value, done } = await wakeUps.next();
  if (done) throw new Error('no wake-up came');
  return value;
}

describe('changes', () => {
  it('says each topic and run once, however many changes one wake-up stands for', async () => {
    const changes = createChanges();
    for (let step = 0; step < 500; step++) changes.touch('metrics', step % 2 ? 'a' : 'b');
    changes.touch('queue');
    const wakeUp = await first(changes.watch(0, new AbortController().signal));
    expect(wakeUp).toEqual({ sequence: 501, topics: ['metrics', 'queue'], runs: ['b', 'a'] });
  });

  it('loses nothing for a reader that is slow', async () => {
    const changes = createChanges();
    const wakeUps = changes.watch(0, new AbortController().signal);
    changes.touch('runs', 'a');
    expect((await first(wakeUps)).runs).toEqual(['a']);
    // Between two looks of the reader: they become one wake-up.
    changes.touch('runs', 'b');
    changes.touch('runs', 'c');
    expect(await first(wakeUps)).toMatchObject({ sequence: 3, runs: ['b', 'c'] });
    await wakeUps.return(undefined);
  });

  it('tells everything to who missed too much, or comes from another start', async () => {
    const changes = createChanges();
    for (let step = 0; step < 5000; step++) changes.touch('metrics', 'a');
    const signal = new AbortController().signal;
    expect((await first(changes.watch(1, signal))).topics).toEqual([...TOPICS]);
    expect((await first(changes.watch(9000, signal))).topics).toEqual([...TOPICS]);
    expect((await first(changes.watch(4999, signal))).topics).toEqual(['metrics']);
  });

  it('is silent while nothing changes, and ends with its signal', async () => {
    const changes = createChanges();
    const controller = new AbortController();
    const next = changes.watch(0, controller.signal).next();
    controller.abort();
    expect(await next).toEqual({ done: true, value: undefined });
  });
});
