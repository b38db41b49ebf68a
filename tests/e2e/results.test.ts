import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { writeTinyDataset } from '../main/fixtures/tiny-dataset.ts';
import { ask } from './ask.ts';
import { picturesOfFailures } from './picture-of-failure.ts';
import type { ServedApp } from './served-app.ts';
import { servedPage } from './served-page.ts';
import { violationsInBothThemes } from './violations.ts';
import { goTo, type WatchedPage, WORK } from './watched-page.ts';
import { fapt } from './workspace-with-runs.ts';

let app: ServedApp;
let watched: WatchedPage;
let page: Page;

servedPage(
  (served) => {
    ({ app, watched, page } = served);
  },
  {
    async prepare(workspace, env, folder) {
      const reference = join(folder, 'resources', 'reference');
      await cp(join(import.meta.dirname, '../../resources/reference'), reference, {
        recursive: true,
      });
      const split = await writeTinyDataset(join(folder, 'tiny'), { train: 4, test: 6 });
      for (const name of ['ImageNet', 'dtd']) {
        await fapt(workspace, env, 'dataset', 'add', split, '--name', name);
      }
    },
  },
);
picturesOfFailures(() => page);

/** A message of the corner holds a focus guard that axe takes for a fault of ours. */
async function messagesGone(): Promise<void> {
  // Where the pointer rests on a message, it stays.
  await page.mouse.move(0, 0);
  await expect.poll(() => button('Close').count()).toBe(0);
}
const SMALL = { methods: ['fap'], seeds: [1], attack: { steps: 2, subset: 6 } };
const show = (view: object) =>
  goTo(page, `/results?view=${encodeURIComponent(JSON.stringify({ ...SMALL, ...view }))}`);
const button = (name: string | RegExp) => page.getByRole('button', { name });
const table = (key: string, measure: string) =>
  page.locator(`[data-table="${key}"] table[data-measure="${measure}"]`);
const rowOf = (key: string, measure: string, name: string) =>
  table(key, measure)
    .getByRole('row')
    .filter({ has: page.getByRole('rowheader', { name: new RegExp(`^${name}`) }) });
const textOf = (key: string, measure: string, name: string) =>
  rowOf(key, measure, name).textContent();

describe("the paper's tables", () => {
  it('stand alone where there are no weights, and say why', async () => {
    await goTo(page, '/results');
    await page.getByText('The paper stands alone here').waitFor();
    expect(await textOf('paper', 'robust', 'CBA-FAPT')).toContain('24.69 %');
    expect(await textOf('paper', 'robust', 'CBA-FAPT')).not.toContain('not measured');
    expect(await violationsInBothThemes(page)).toEqual([]);
  });

  it('lead to the demo pack, which stands beside no number of the paper', async () => {
    await page.getByRole('tab', { name: 'Base to new' }).click();
    await page.getByRole('heading', { name: /^Table 2/ }).waitFor();
    await button('Show the demo pack').click();
    await page.getByText('Demo numbers', { exact: true }).waitFor();
    await show({ protocol: 'base-to-new', set: 'demo' });
    await table('demo-mammals', 'natural').waitFor();
    expect(await page.locator('[data-table="paper"]').count()).toBe(0);
  });
});

describe('a row that is filled', () => {
  it('says what it takes before anything is queued', async () => {
    await button(/^Fill FAP: 1 run/).click();
    const cost = page.getByTestId('cost');
    await cost.waitFor(WORK);
    expect(await cost.textContent()).toContain('FAP, demo-mammals, 16 shots, seed 1');
    expect(await cost.textContent()).toContain('on this machine');
    expect(await ask(app.address, (api) => api.runs.list({}))).toMatchObject({ total: 0 });
  });

  it('goes through the queue into its cells', async () => {
    await Promise.all([
      page.getByText('1 run queued').first().waitFor(),
      button('Queue them').click(),
    ]);
    await expect.poll(() => textOf('demo-mammals', 'robust', 'FAP'), WORK).toMatch(/\d %.*1 seed/);
    await expect.poll(() => button(/^Fill /).count()).toBe(0);
    await messagesGone();
    expect(await violationsInBothThemes(page)).toEqual([]);
  });

  it('leaves the difference out where the protocol is not the paper\u2019s', async () => {
    await show({ protocol: 'cross-dataset', model: 'demo-clip' });
    await button('Fill the missing cells (1 run)').click();
    await button('Queue them').click();
    await expect
      .poll(() => textOf('paper', 'natural', 'FAP'), WORK)
      .toContain("not the paper's protocol");
    const unlike = await page.getByTestId('unlike').textContent();
    expect(unlike).toContain('weights: demo-clip, and not CLIP ViT-B/32');
    expect(unlike).toContain('2 PGD steps, and not 100 (robust accuracy)');
    expect(await textOf('paper', 'natural', 'FAP')).not.toContain('1 seed: no interval');
    await messagesGone();
    expect(await violationsInBothThemes(page)).toEqual([]);
  });
});

describe('few-shot curves', () => {
  it('have a line a method, and cells that are filled one by one', async () => {
    await show({ protocol: 'few-shot', set: 'demo' });
    await button(/^Fill FAP, 2 shots: 1 run/).click();
    await button('Queue them').click();
    await page.locator('svg text', { hasText: 'FAP' }).first().waitFor(WORK);
    await messagesGone();
    expect(await violationsInBothThemes(page)).toEqual([]);
  });
});

describe('what a run has learned', () => {
  it('is shown as words and drift, a block at a time', async () => {
    const [run] = (await ask(app.address, (api) => api.runs.list({}))).runs;
    await goTo(page, `/runs/${run?.id}`);
    await page.getByRole('tab', { name: 'Prompts' }).click();
    const prompts = page.getByTestId('prompts');
    await prompts.waitFor();
    const words = prompts.getByRole('table', { name: 'Text tower' }).getByRole('listitem');
    await expect.poll(() => words.count()).toBe(2 * 2 * 5);
    await page.getByRole('tab', { name: 'Block 1' }).click();
    await prompts.getByText('read these words with care').waitFor();
    expect(await page.getByTestId('tensors').textContent()).toContain('project.1.weight');
    expect(await violationsInBothThemes(page)).toEqual([]);
  });

  it('without one error in the console, or one call to another machine', () => {
    expect(watched.errors).toEqual([]);
    expect(watched.strangers).toEqual([]);
  });
});
