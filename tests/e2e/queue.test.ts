import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { METHODS } from '../../src/shared/method-catalogue.ts';
import { ask } from './ask.ts';
import { picturesOfFailures } from './picture-of-failure.ts';
import type { ServedApp } from './served-app.ts';
import { servedPage } from './served-page.ts';
import { violationsOf } from './violations.ts';
import { goTo, type WatchedPage, WORK } from './watched-page.ts';

let app: ServedApp;
let watched: WatchedPage;
let page: Page;

servedPage((served) => {
  ({ app, watched, page } = served);
});
picturesOfFailures(() => page);

/** Epochs that no machine finishes before the test pauses them. */
const ENDLESS = 100_000;

/** Queues a run of FAP, told from the others by its seed. */
function queue(seed: number, epochs: number): Promise<string> {
  const identity = { dataset: 'demo-mammals', model: 'demo-clip', shots: 2, seed };
  const config = { ...METHODS.fap.defaults, ...identity, method: 'fap' as const, epochs };
  return ask(app.address, async (api) => (await api.runs.create({ config })).run);
}

const waiting = () => page.getByTestId('waiting').getByRole('listitem');
const seeds = async () =>
  (await waiting().allTextContents()).map((text) => Number(/seed (\d)/.exec(text)?.[1]));
const button = (name: string | RegExp) => page.getByRole('button', { name });

describe('the queue', () => {
  it('shows the job at work, and what waits in the order it will run', async () => {
    await queue(1, ENDLESS);
    for (const seed of [2, 3, 4]) await queue(seed, 1);
    await goTo(page, '/queue');
    await page.getByTestId('current-job').waitFor();
    await expect.poll(seeds).toEqual([2, 3, 4]);
    expect(await violationsOf(page)).toEqual([]);
    for (const theme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme: theme });
      await page.locator(theme === 'dark' ? 'html.dark' : 'html:not(.dark)').waitFor();
      await page.getByTestId('current-job').getByRole('link').click();
      await page.getByTestId('terms').waitFor();
      expect(await violationsOf(page)).toEqual([]);
      await goTo(page, '/queue');
      expect(await violationsOf(page)).toEqual([]);
    }
  });

  it('is ordered by buttons that say what they move', async () => {
    await button(/^Move FAP, demo-mammals, seed 2.* down$/).click();
    await expect.poll(seeds).toEqual([3, 2, 4]);
    await waiting().nth(2).getByRole('button', { name: 'Run next' }).click();
    await expect.poll(seeds).toEqual([4, 3, 2]);
    await button(/^Move FAP, demo-mammals, seed 2.* up$/).click();
    await expect.poll(seeds).toEqual([4, 2, 3]);
  });

  it('lets a job go, and its run stays', async () => {
    await button(/^Take FAP, demo-mammals, seed 4.* out of the queue$/).click();
    await expect.poll(seeds).toEqual([2, 3]);
    await goTo(page, '/runs');
    await expect.poll(() => page.getByText('4 runs', { exact: true }).count()).toBe(1);
  });

  it('begins nothing after a pause, and says so to who queues more', async () => {
    await goTo(page, '/queue');
    await page.getByTestId('current-job').getByRole('button', { name: 'Pause' }).click();
    await expect.poll(() => page.getByTestId('held').getByRole('listitem').count()).toBe(1);
    await page.getByRole('alert').filter({ hasText: 'Nothing starts' }).waitFor();
    await expect.poll(seeds).toEqual([2, 3]);
    await goTo(page, '/train');
    await page.getByRole('spinbutton', { name: /^Shots/ }).fill('2');
    await button('Queue the run').click();
    await page.getByText('Queued, and waiting').first().waitFor();
    await button('Open the queue').click();
    await expect.poll(() => waiting().count()).toBe(3);
  });

  it('goes on when it is told to', async () => {
    await waiting()
      .nth(2)
      .getByRole('button', { name: /out of the queue$/ })
      .click();
    await expect.poll(seeds).toEqual([2, 3]);
    await button('Begin with what waits').click();
    await expect.poll(() => waiting().count(), WORK).toBe(0);
    await expect.poll(() => page.getByText('finished').count(), WORK).toBe(2);
  });
});

describe('a finished run', () => {
  it('goes on with more epochs', async () => {
    await page.getByRole('link', { name: /^FAP, demo-mammals, seed 2/ }).click();
    await button('More actions').click();
    await page.getByRole('menuitem', { name: 'More epochs' }).click();
    await page.getByLabel('Epochs to add').fill('2');
    await button('Add to the queue').click();
    await expect.poll(async () => (await detailOf(2)).item.epoch, WORK).toBe(3);
    expect((await detailOf(2)).config.epochs).toBe(3);
  });

  it('without one error in the console, or one call to another machine', () => {
    expect(watched.errors).toEqual([]);
    expect(watched.strangers).toEqual([]);
  });
});

function detailOf(seed: number) {
  return ask(app.address, async (api) => {
    const { runs } = await api.runs.list({ filter: { seeds: [seed] } });
    return api.runs.get({ run: runs[0]?.id ?? '' });
  });
}
