import type { Browser, Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { picturesOfFailures } from './picture-of-failure.ts';
import type { ServedApp } from './served-app.ts';
import { servedPage } from './served-page.ts';
import { violationsOf } from './violations.ts';
import { goTo, openPage, type WatchedPage } from './watched-page.ts';
import { addRuns } from './workspace-with-runs.ts';

let app: ServedApp;
let watched: WatchedPage;
let page: Page;
let browser: Browser;

servedPage(
  (served) => {
    ({ app, watched, page, browser } = served);
  },
  { prepare: addRuns },
);
picturesOfFailures(() => page);

const side = (letter: 'A' | 'B') =>
  page.getByTestId(`side-${letter.toLowerCase()}`).getByRole('button');
const choose = async (letter: 'A' | 'B', typed: string) => {
  await side(letter).click();
  await page.getByPlaceholder(/^Method, dataset/).pressSequentially(typed);
  // Enter takes what is marked: the first of those that the letters leave.
  const found = page.getByRole('option', { name: new RegExp(`^${typed}`) });
  await found.and(page.locator('[data-highlighted]')).waitFor();
  await page.keyboard.press('Enter');
};
const tab = (name: string) => page.getByRole('tab', { name }).click();
const cell = (what: string, where: string) =>
  page.getByRole('button', { name: new RegExp(`^\\d+ images, ${what}\\. ${where}`) });

describe('two methods side by side', () => {
  it('are offered where none is chosen, the base as A', async () => {
    await goTo(page, '/compare');
    const offer = page.getByRole('button', { name: /^Compare FAP .* with CBA-FAPT/ });
    await offer.waitFor();
    expect(await violationsOf(page)).toEqual([]);
  });

  it('are found by typing, and their verdict stands with its protocol', async () => {
    await choose('A', 'FAP');
    await page.getByText('Choose side B').waitFor();
    await choose('B', 'CBA-FAPT');
    const verdict = page.getByTestId('verdict');
    await verdict
      .getByText(/PGD-3 \(ce\), eps 8\/255.*n = 18/s)
      .first()
      .waitFor();
    expect(await verdict.textContent()).toMatch(/images in 9 clusters/);
    // The mark asks for the names of bundled data, which may come after the verdict.
    await expect.poll(() => verdict.textContent()).toMatch(/demo/);
    await page.getByTestId('config-difference').getByText('Method').waitFor();
    await page
      .getByTestId('block-robust')
      .getByText(/exact p = .*mid-p = /)
      .waitFor();
  });

  it('change their sides', async () => {
    const before = await page.evaluate(() => location.hash);
    await page.getByRole('button', { name: 'Swap A and B' }).click();
    await expect.poll(() => side('A').textContent()).toMatch(/^\s*A\s*CBA-FAPT/);
    await page.goBack();
    await expect.poll(() => side('A').textContent()).toMatch(/^\s*A\s*FAP/);
    expect(await page.evaluate(() => location.hash)).toBe(before);
  });

  it('differ class by class, and a cell of a confusion matrix leads to its images', async () => {
    await tab('Classes');
    const table = page.getByTestId('class-table');
    const byClass = page.getByRole('button', { name: 'Class', exact: true });
    const sorted = (order: string) => table.locator(`th[aria-sort=${order}]`, { has: byClass });
    await table.locator(byClass).click();
    await sorted('ascending').waitFor();
    const names = await table.locator('tbody th').allTextContents();
    await table.locator(byClass).click();
    await sorted('descending').waitFor();
    expect(await table.locator('tbody th').allTextContents()).toEqual(names.toReversed());
    const matrix = page.getByRole('application', { name: /^Confusion matrix of A: FAP/ });
    await matrix.press('ArrowDown');
    await matrix.press('Enter');
    await page.getByText(/A: FAP said/).waitFor();
    await expect.poll(() => page.url()).toMatch(/cell=any&label=0&predicted=a(:|%3A)0$/);
  });

  it('lay their curves over each other, as means of epochs or step by step', async () => {
    await tab('Curves');
    await page.getByRole('heading', { name: 'Total loss, mean of each epoch' }).waitFor();
    await page.getByRole('switch', { name: /Mean of each epoch/ }).click();
    await page.getByRole('heading', { name: 'Total loss', exact: true }).waitFor();
  });

  it('are walked through image by image with the keys, and a reload keeps the place', async () => {
    await tab('Statistics');
    await page
      .getByTestId('block-robust')
      .getByRole('button', { name: /both wrong/ })
      .click();
    await page.getByTestId('seen-image').waitFor();
    await cell('both wrong', 'Under attack').click();
    const shown = () => page.getByTestId('seen-image').locator('p').first().textContent();
    await expect.poll(shown).toMatch(/test-/);
    const first = await shown();
    await page.keyboard.press('ArrowDown');
    await expect.poll(shown).not.toBe(first);
    const second = await shown();
    await page.keyboard.press('j');
    await expect.poll(shown).not.toBe(second);
    await page.keyboard.press('k');
    await expect.poll(shown).toBe(second);
    await page.reload();
    await expect.poll(shown).toBe(second);
    expect(await violationsOf(page)).toEqual([]);
  });
});

describe('the doors to it', () => {
  it('stand at the list of runs, at a run and among the commands', async () => {
    await goTo(page, '/runs');
    const boxes = page.getByRole('checkbox', { name: /^Select run/ });
    await boxes.nth(0).click();
    await boxes.nth(1).click();
    await page.getByRole('button', { name: 'Compare' }).click();
    await page.getByTestId('verdict').waitFor();
    await goTo(page, '/runs');
    await page.getByRole('table').getByRole('link', { name: 'CBA-FAPT', exact: true }).click();
    await page.getByRole('main').getByRole('link', { name: 'Compare' }).click();
    await page.getByRole('button', { name: /^FAP .*, on demo-mammals/ }).click();
    await page.getByTestId('verdict').waitFor();
    await page.keyboard.press('Control+k');
    await page.getByRole('dialog').getByRole('textbox').fill('newest pair');
    await page.locator('[role=option][data-highlighted]', { hasText: 'newest pair' }).waitFor();
    await page.keyboard.press('Enter');
    await expect.poll(() => side('A').textContent()).toMatch(/^\s*A\s*FAP/);
  });
});

describe('every part of it', () => {
  it('has no violation of axe in either theme, and no error in the console', async () => {
    const hash = await page.evaluate(() => location.hash);
    for (const theme of ['light', 'dark'] as const) {
      const seen = await openPage(browser, `${app.address}${hash}&cell=any`, { theme });
      for (const name of ['Statistics', 'Classes', 'Images', 'Curves', 'Datasets']) {
        await seen.page.getByRole('tab', { name }).click();
        await seen.page.waitForLoadState('networkidle');
        await expect.poll(() => seen.page.getByText('Loading').count()).toBe(0);
        expect(await violationsOf(seen.page), `${name}, ${theme}`).toEqual([]);
      }
      expect(seen.errors).toEqual([]);
      await seen.page.context().close();
    }
    expect(watched.errors).toEqual([]);
    expect(watched.strangers).toEqual([]);
  });
});
