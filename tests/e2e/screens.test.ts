import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SCREENS } from '../../src/renderer/shell/screens.ts';
import { launchBrowser } from './browser.ts';
import { type ServedApp, serveApp } from './served-app.ts';
import { violationsOf } from './violations.ts';
import { goTo, openPage, pressKeys } from './watched-page.ts';
import { addRuns, fapt } from './workspace-with-runs.ts';

let browser: Browser;
let app: ServedApp;
let run: string;

beforeAll(async () => {
  browser = await launchBrowser();
  app = await serveApp({
    prepare: async (workspace, env) => {
      await addRuns(workspace, env);
      const { runs } = (await fapt(workspace, env, 'runs')) as { runs: { id: string }[] };
      run = runs[0]?.id ?? '';
    },
  });
});
afterAll(async () => {
  await browser?.close();
  await app?.close();
});

/** Every address, with a tab of it where it has some. */
const places = (): [path: string, tab?: string][] => [
  ...SCREENS.map(({ path }): [string] => [path]),
  ['/first-run'],
  [`/runs/${run}`, 'Results'],
  [`/runs/${run}`, 'Training'],
  [`/runs/${run}`, 'Configuration'],
  [`/runs/${run}`, 'Try it'],
  [`/runs/${run}`, 'Notes'],
  ['/datasets/demo-mammals', 'Images'],
  ['/datasets/demo-mammals', 'Classes and prompts'],
  ['/datasets/demo-mammals', 'Few-shot images'],
  ['/datasets/demo-mammals', 'Integrity'],
  ['/datasets/demo-mammals', 'About'],
  ['/models/demo-clip'],
  ['/settings', 'Diagnostics'],
  ['/settings', 'About'],
  ['/nowhere'],
];

async function show(page: Page, [path, tab]: [string, string?]): Promise<void> {
  await goTo(page, path);
  if (tab) await page.getByRole('tab', { name: tab, exact: true }).click();
  await page.waitForFunction(
    () => document.querySelector('main [data-slot=root].animate-pulse') === null,
  );
}

describe.each(['light', 'dark'] as const)('every screen in the %s theme', (theme) => {
  it('holds data, breaks no rule of axe-core, no content policy, and asks nobody else', async () => {
    const watched = await openPage(browser, app.address, { theme });
    const found: string[] = [];
    for (const place of places()) {
      await show(watched.page, place);
      found.push(...(await violationsOf(watched.page)).map((text) => `${place.join(' ')} ${text}`));
    }
    expect(found).toEqual([]);
    expect(watched.errors).toEqual([]);
    expect(watched.strangers).toEqual([]);
    await watched.page.context().close();
  });
});

describe('the list of runs', () => {
  it('shows no accuracy without its protocol', async () => {
    const { page } = await openPage(browser, app.address);
    await goTo(page, '/runs');
    const rows = page.getByRole('table').getByRole('row');
    await expect.poll(() => rows.count()).toBe(3);
    for (const row of [rows.nth(1), rows.nth(2)]) {
      expect(await row.textContent()).toMatch(
        /PGD-3 \(ce\), eps 8\/255, step 8\/255, 1 restart, n = 18/,
      );
    }
    await page.context().close();
  });

  it('is grouped by everything but the seed, and filtered by method', async () => {
    const { page } = await openPage(browser, app.address);
    await goTo(page, '/runs');
    await page.getByRole('switch', { name: 'All but seed' }).click();
    await expect.poll(() => page.getByText('2 groups of runs').count()).toBe(1);
    await page.getByRole('switch', { name: 'All but seed' }).click();
    await page.getByRole('button', { name: 'Methods' }).click();
    await page.getByRole('option', { name: 'CBA-FAPT' }).click();
    await page.keyboard.press('Escape');
    await expect.poll(() => page.getByText('1 run', { exact: true }).count()).toBe(1);
    await page.context().close();
  });
});

describe('a chosen tab', () => {
  it('is kept over a reload and the way back, and is no step of that', async () => {
    const { page } = await openPage(browser, app.address);
    const kept: [path: string, tab: string][] = [
      [`/runs/${run}`, 'Notes'],
      ['/datasets/demo-mammals', 'Few-shot images'],
      ['/settings', 'Diagnostics'],
    ];
    for (const [path, name] of kept) {
      await goTo(page, '/queue');
      await show(page, [path, name]);
      const chosen = page.getByRole('tab', { name, exact: true, selected: true });
      await chosen.waitFor();
      await page.reload();
      await chosen.waitFor();
      await goTo(page, '/models');
      await page.goBack();
      await chosen.waitFor();
      await page.goBack();
      await page.getByRole('heading', { level: 1, name: 'Queue' }).waitFor();
    }
    await page.context().close();
  });
});

describe('the window', () => {
  it('speaks Chinese where the system does, without a word left in English', async () => {
    const { page } = await openPage(browser, app.address, { locale: 'zh-CN' });
    await expect.poll(() => page.locator('html').getAttribute('lang')).toBe('zh-CN');
    for (const { path } of SCREENS) {
      await goTo(page, path);
      expect(await page.locator('main h1').textContent()).toMatch(/\p{Script=Han}|Attack Lab/u);
    }
    await page.context().close();
  });

  it('is used by the keyboard alone: skip link, screens, commands, sheet', async () => {
    const { page } = await openPage(browser, app.address);
    await page.locator('main h1').waitFor();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await expect.poll(() => page.evaluate(() => document.activeElement?.id)).toBe('content');
    await pressKeys(page, 'g', 'r');
    await page.getByRole('heading', { level: 1, name: 'Runs' }).waitFor();
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
    expect(await violationsOf(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+k');
    await page.getByRole('dialog').getByRole('textbox').fill('datasets');
    await page.locator('[role=option][data-highlighted]', { hasText: 'Datasets' }).waitFor();
    expect(await violationsOf(page)).toEqual([]);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Datasets' }).waitFor();
    await page.context().close();
  });

  it('fits at 200 % zoom: nothing is scrolled sideways but tables', async () => {
    const { page } = await openPage(browser, app.address, { width: 640, height: 400 });
    for (const place of places()) {
      await show(page, place);
      const overflow = await page.evaluate(() => {
        const main = document.querySelector('main') as HTMLElement;
        return main.scrollWidth - main.clientWidth;
      });
      expect([place[0], overflow]).toEqual([place[0], 0]);
    }
    await page.context().close();
  });
});
