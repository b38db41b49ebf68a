import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { picturesOfFailures } from './picture-of-failure.ts';
import { servedPage } from './served-page.ts';
import { violationsOf } from './violations.ts';
import { pressKeys, type WatchedPage, WORK } from './watched-page.ts';

let watched: WatchedPage;
let page: Page;

servedPage((served) => {
  ({ watched, page } = served);
});
picturesOfFailures(() => page);

describe('the first run, from a fresh workspace to the finished report', () => {
  it('begins at Home, which says what to do', async () => {
    await page.getByRole('main').getByRole('link', { name: 'Start the quick look' }).click();
    await page.getByRole('heading', { level: 1, name: 'First run' }).waitFor();
  });

  it('every empty screen says what it is for, without a violation', async () => {
    for (const [key, words] of [
      ['r', 'No run yet'],
      ['q', 'The queue is empty'],
      ['d', 'No dataset yet'],
    ] as const) {
      await pressKeys(page, 'g', key);
      await page.getByText(words).first().waitFor();
      expect(await violationsOf(page)).toEqual([]);
    }
    for (const title of ['Queue', 'Runs', 'First run']) {
      await page.goBack();
      await page.getByRole('heading', { level: 1, name: title }).waitFor();
    }
  });

  it('tests the engine', async () => {
    await page.getByRole('button', { name: 'Test the engine' }).click();
    await page.getByTestId('doctor').waitFor(WORK);
    expect(await page.getByTestId('doctor').textContent()).toMatch(/TensorFlow/i);
  });

  it('compares three methods, and marks the numbers as those of a demo', async () => {
    await page.getByRole('button', { name: 'Start the quick look' }).click();
    const result = page.getByTestId('demo-result');
    await result.waitFor(WORK);
    for (const method of ['Zero-shot CLIP', 'FAP', 'CBA-FAPT']) {
      expect(await result.getByRole('rowheader', { name: method, exact: true }).count()).toBe(1);
    }
    expect(await result.textContent()).toMatch(/PGD-\d+ \(ce\), eps 8\/255/);
    await page.getByText("They are not the paper's.").waitFor();
    const again = page.getByRole('button', { name: 'Start the quick look' });
    await expect.poll(() => again.isEnabled()).toBe(true);
    expect(await violationsOf(page)).toEqual([]);
  });

  it('gives a report of one file that refers to nothing outside itself', async () => {
    const [download] = await Promise.all([
      page.waitForEvent('download', WORK),
      page.getByRole('button', { name: 'Save the report (HTML)' }).click(),
    ]);
    const html = await (await download.createReadStream()).setEncoding('utf8').toArray();
    expect(html.join('')).toContain('<!doctype html>');
    expect(html.join('')).not.toMatch(/(?:src|href)="(?!data:|#)/);
  });

  it('without one error in the console, or one call to another machine', () => {
    expect(watched.errors).toEqual([]);
    expect(watched.strangers).toEqual([]);
  });
});
