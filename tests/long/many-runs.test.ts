import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { addManyRuns } from '../e2e/many-runs.ts';
import { servedPage } from '../e2e/served-page.ts';
import { violationsOf } from '../e2e/violations.ts';
import { goTo, type WatchedPage } from '../e2e/watched-page.ts';
import { addRuns } from '../e2e/workspace-with-runs.ts';

const RUNS = 10_000;
let watched: WatchedPage;
let page: Page;

servedPage(
  async (served) => {
    ({ watched, page } = served);
    await goTo(page, '/runs');
  },
  {
    prepare: async (workspace, env) => {
      await addRuns(workspace, env);
      await addManyRuns(workspace, { runs: RUNS, metrics: 1000, measured: 500 });
    },
  },
);

const rows = () => page.getByRole('table').getByRole('row');
const count = (text: string) => page.getByText(text, { exact: true }).count();

describe('10,000 runs of 1,000 metric rows, 500 with outcomes', () => {
  it('are listed, a page of rows at a time', async () => {
    await expect.poll(() => count('10,002 runs')).toBe(1);
    expect(await rows().count()).toBeLessThan(60);
  });

  it('are scrolled to the last one', async () => {
    await page.getByRole('table').evaluate((table) => table.scrollTo(0, table.scrollHeight));
    await expect.poll(() => page.locator('[role=row][aria-rowindex="10003"]').count()).toBe(1);
    expect(await rows().count()).toBeLessThan(60);
  });

  it('are filtered, sorted and grouped over all of them', async () => {
    await page.getByRole('button', { name: 'Methods' }).click();
    await page.getByRole('option', { name: 'CBA-FAPT' }).click();
    await page.keyboard.press('Escape');
    await expect.poll(() => page.getByText(/^8\d\d runs$/).count()).toBe(1);
    await page.getByRole('combobox', { name: 'Sort by' }).click();
    await page.getByRole('option', { name: 'Robust accuracy' }).click();
    await expect.poll(() => rows().nth(1).textContent()).toMatch(/90\.0 %.*n = 10/);
    await page.getByRole('switch', { name: 'All but seed' }).click();
    await expect.poll(() => page.getByText(/^2\d\d groups of runs/).count()).toBe(1);
    await expect.poll(() => rows().nth(1).textContent()).toMatch(/± .*2 seeds.*n = 10/);
    expect(await violationsOf(page)).toEqual([]);
  });

  it('each opens with its curve', async () => {
    await page.getByRole('switch', { name: 'All but seed' }).click();
    await rows().nth(1).getByRole('link').click();
    await page.getByRole('tab', { name: 'Training' }).click();
    await page.locator('main svg path').first().waitFor();
    expect(watched.errors).toEqual([]);
  });
});
