import type { Page } from 'playwright-core';
import { METHODS } from '../src/shared/method-catalogue.ts';
import { ask } from '../tests/e2e/ask.ts';
import { launchBrowser } from '../tests/e2e/browser.ts';
import { addManyRuns } from '../tests/e2e/many-runs.ts';
import { serveApp } from '../tests/e2e/served-app.ts';
import { openPage } from '../tests/e2e/watched-page.ts';
import { addRuns } from '../tests/e2e/workspace-with-runs.ts';

/**
 * `node bench/window.ts [METRICS]`: how soon the window shows itself and its runs with 10,000 of
 * them (METRICS metric rows each, 1,000 unless given), and how soon it answers while an engine
 * trains beside it. In Chromium, on this machine; medians and worst cases in milliseconds.
 */
const RUNS = 10_000;
const TRIES = 5;
const ROUNDS = 8;
/** Keys that lead through the screens, and into the palette and back. */
const KEYS = ['g', 'h', 'g', 'r', 'g', 'q', 'g', 't', 'g', 'd', 'g', 's', 'Control+k', 'Escape'];

const metrics = Number(process.argv[2] ?? 1000);
const app = await serveApp({
  prepare: async (workspace, env) => {
    await addRuns(workspace, env);
    await addManyRuns(workspace, { runs: RUNS, metrics, measured: 500 });
  },
});
const browser = await launchBrowser();
try {
  const starts = [];
  for (let attempt = 0; attempt < TRIES; attempt += 1) starts.push(await timeStart());
  report(
    'first paint',
    starts.map(({ paint }) => paint),
  );
  report(
    'rows of the runs',
    starts.map(({ rows }) => rows),
  );
  await train();
  report('answer to a key while training', await timeKeys());
} finally {
  await browser.close();
  await app.close();
}

/** A window opened at the list of runs, nothing cached. */
async function timeStart(): Promise<{ paint: number; rows: number }> {
  const { page } = await openPage(browser, `${app.address}#/runs`);
  await page.locator('[role=row][aria-rowindex="2"]').waitFor();
  const times = await page.evaluate(() => ({
    paint: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? Number.NaN,
    rows: performance.now(),
  }));
  await page.context().close();
  return times;
}

/** Queues a training that outlasts the measurement, and waits for its first steps. */
async function train(): Promise<void> {
  await ask(app.address, async (api) => {
    const identity = { dataset: 'demo-mammals', model: 'demo-clip', shots: 2, seed: 1 };
    const method = 'cba-fapt' as const;
    const config = { ...identity, method, ...METHODS[method].defaults, epochs: 5000 };
    const { run } = await api.runs.create({ config });
    for (;;) {
      if ((await api.runs.get({ run })).item.step > 3) return;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  });
}

/** From each key until the next frame that shows what it did, as the browser times it. */
async function timeKeys(): Promise<number[]> {
  const { page } = await openPage(browser, app.address);
  await page.locator('main h1').waitFor();
  await watchEvents(page);
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const key of KEYS) {
      await page.keyboard.press(key);
      await page.waitForTimeout(120);
    }
  }
  return page.evaluate(() => (globalThis as unknown as { durations: number[] }).durations);
}

function watchEvents(page: Page): Promise<void> {
  return page.evaluate(() => {
    const durations: number[] = [];
    Object.assign(globalThis, { durations });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) {
        if (entry.name === 'keydown') durations.push(entry.duration);
      }
    }).observe({ type: 'event', buffered: true, durationThreshold: 16 } as PerformanceObserverInit);
  });
}

function report(name: string, times: number[]): void {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number) => Math.round(sorted[Math.floor((sorted.length - 1) * share)] ?? 0);
  console.log(`${name}: median ${at(0.5)}, 95 % ${at(0.95)}, worst ${at(1)} ms (${times.length})`);
}
