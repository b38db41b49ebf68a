import { describe, expect, it } from 'vitest';
import { createApp } from 'vue';
import { createMemoryHistory, createRouter } from 'vue-router';
import { useTab } from '../../../src/renderer/shell/use-tab.ts';

const TABS = ['first', 'second', 'third'] as const;

/** A page with tabs at an address, and what leads there from another page. */
async function pageAt(address: string, opening?: () => (typeof TABS)[number]) {
  const component = {};
  const router = createRouter({
    history: createMemoryHistory(),
    routes: ['/before', '/page/:id'].map((path) => ({ path, component })),
  });
  const app = createApp({}).use(router);
  await router.push('/before');
  await router.push(address);
  const tab = app.runWithContext(() => useTab(TABS, opening));
  /** Chooses a tab and waits until the address tells. */
  async function choose(name: (typeof TABS)[number]): Promise<void> {
    const moved = new Promise((resolve) => {
      const forget = router.afterEach(() => {
        forget();
        resolve(undefined);
      });
    });
    tab.value = name;
    await moved;
  }
  return { router, tab, choose };
}

describe('the tab of a page', () => {
  it('is the one that the address names', async () => {
    const { tab } = await pageAt('/page/a?tab=third');
    expect(tab.value).toBe('third');
  });

  it.each(['/page/a', '/page/a?tab=fourth', '/page/a?tab=', '/page/a?tab=second&tab=third'])(
    'is the first at %s, which names none',
    async (address) => {
      const { tab } = await pageAt(address);
      expect(tab.value).toBe('first');
    },
  );

  it('is written into the address beside what else stands there, and the first leaves nothing', async () => {
    const { router, tab, choose } = await pageAt('/page/a?dataset=d');
    await choose('second');
    expect(tab.value).toBe('second');
    expect(router.currentRoute.value.fullPath).toBe('/page/a?dataset=d&tab=second');
    await choose('first');
    expect(tab.value).toBe('first');
    expect(router.currentRoute.value.fullPath).toBe('/page/a?dataset=d');
  });

  it('adds no step to the way back', async () => {
    const { router, choose } = await pageAt('/page/a');
    await choose('second');
    await choose('third');
    const gone = new Promise((resolve) => router.afterEach(resolve));
    router.back();
    await gone;
    expect(router.currentRoute.value.path).toBe('/before');
  });

  it('is where the page opens, if that is not the first', async () => {
    const { router, tab, choose } = await pageAt('/page/a', () => 'second');
    expect(tab.value).toBe('second');
    await choose('first');
    expect(router.currentRoute.value.fullPath).toBe('/page/a?tab=first');
    await choose('second');
    expect(router.currentRoute.value.fullPath).toBe('/page/a');
  });
});
