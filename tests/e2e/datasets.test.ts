import { copyFile, cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { picture } from '../main/datasets/make-dataset.ts';
import { ask } from './ask.ts';
import { dropFiles } from './drop-files.ts';
import { picturesOfFailures } from './picture-of-failure.ts';
import type { ServedApp } from './served-app.ts';
import { servedPage } from './served-page.ts';
import { violationsInBothThemes, violationsOf } from './violations.ts';
import { choose, goTo, type WatchedPage, WORK } from './watched-page.ts';

let app: ServedApp;
let watched: WatchedPage;
let page: Page;

servedPage(
  (served) => {
    ({ app, watched, page } = served);
  },
  { prepare: (_workspace, _env, folder) => writeAnimals(join(folder, 'animals')) },
);
picturesOfFailures(() => page);

/** Class folders with a leak, a class that is never trained, and a file that is no picture. */
async function writeAnimals(folder: string): Promise<void> {
  for (const [part, count] of Object.entries({ train: 4, val: 3, test: 3 })) {
    for (const name of ['cat', 'snow_leopard', 'bird']) {
      if (name === 'bird' && part === 'train') continue;
      await mkdir(join(folder, part, name), { recursive: true });
      for (let i = 0; i < count; i += 1) {
        await writeFile(join(folder, part, name, `${i}.png`), await picture('png', 32));
      }
    }
  }
  await copyFile(join(folder, 'train/cat/0.png'), join(folder, 'test/cat/copy.png'));
  await writeFile(join(folder, 'train/cat/broken.png'), 'no picture');
}

const detail = () => ask(app.address, (api) => api.datasets.get({ dataset: 'animals' }));
const tab = (name: string) => page.getByRole('tab', { name, exact: true }).click();
const button = (name: string) => page.getByRole('button', { name, exact: true });

describe('a folder dropped on the window', () => {
  it('is looked at before anything is stored', async () => {
    await goTo(page, '/datasets');
    await dropFiles(page, [join(app.folder, 'animals')]);
    const report = page.getByTestId('import-report');
    await report.waitFor();
    expect(await report.textContent()).toMatch(
      /3 classes, 27 images \(8 train, 9 validation, 10 test\)/,
    );
    for (const problem of [
      'Not readable as a picture',
      'Class without training images',
      'Same bytes in train and test',
    ]) {
      expect(await report.getByText(problem).count()).toBe(1);
    }
    expect(await violationsInBothThemes(page)).toEqual([]);
    expect(await ask(app.address, async (api) => (await api.datasets.list()).datasets)).toEqual([]);
  });

  it('names the file that a published dataset lacks, and its published size', async () => {
    await choose(page, page.getByLabel('Format'), 'OxfordPets');
    const checklist = page.getByTestId('checklist');
    await checklist.getByText('split_zhou_OxfordPets.json').waitFor();
    expect(await checklist.textContent()).toMatch(
      /As the CoOp paper counts it: 37 classes; 2,944 train/,
    );
    expect(await checklist.getByText('missing').count()).toBe(2);
    await page.getByRole('button', { name: 'Check', exact: true }).click();
    await page.getByRole('alert').filter({ hasText: 'OxfordPets in' }).waitFor();
    await choose(page, page.getByLabel('Format'), 'Recognise it');
  });

  it('is imported under its own name', async () => {
    await page.getByRole('button', { name: 'Check', exact: true }).click();
    await button('Import').click();
    await page.getByRole('heading', { level: 1, name: 'animals' }).waitFor();
    expect((await detail()).counts).toEqual({ train: 8, val: 9, test: 10 });
  });
});

describe('a dataset', () => {
  it('shows what is in train and in test side by side, and what can be done', async () => {
    await page.getByRole('tab', { name: /^Integrity/ }).click();
    const pairs = page.getByTestId('leaks').getByRole('listitem');
    await expect.poll(() => pairs.count()).toBe(1);
    await expect.poll(() => pairs.getByRole('img').count()).toBe(2);
    expect(await pairs.textContent()).toMatch(/Same bytes.*test\/cat\/copy.png.*train\/cat\/0.png/);
    expect(await violationsInBothThemes(page)).toEqual([]);
    await button('Take leaks out of train').click();
    expect(await violationsOf(page)).toEqual([]);
    await button('Apply').click();
    await expect.poll(() => pairs.count()).toBe(0);
    expect((await detail()).counts.train).toBe(7);
  });

  it('loses a class that is never trained in one click', async () => {
    await button('Drop these classes').click();
    await button('Apply').click();
    await expect.poll(async () => (await detail()).classNames).toEqual(['cat', 'snow_leopard']);
  });

  it('is read again in the background, and says so', async () => {
    await button('Check every picture again').click();
    await page.getByTestId('check').getByText('Every picture was read').waitFor(WORK);
  });

  it('has its names and template edited in place, with the text that the model reads', async () => {
    await tab('Classes and prompts');
    const row = page.getByRole('row', { name: /snow_leopard/ });
    await expect.poll(() => row.textContent(), WORK).toMatch(/\d+ of 40/);
    await choose(page, page.getByLabel('Method'), 'CBA-FAPT');
    await row.getByText('[1] [2]').waitFor();
    await page.getByRole('button', { name: 'Rename snow_leopard' }).click();
    await page.getByLabel('Name of class 1').fill('ounce');
    await page.getByLabel('Name of class 1').press('Enter');
    await page.getByLabel('Template').fill('a drawing of the {}.');
    await page.getByText('2 changes are not saved.').waitFor();
    expect(await violationsInBothThemes(page)).toEqual([]);
    await button('Save').click();
    await expect
      .poll(async () => {
        const { classNames, template } = await detail();
        return { classNames, template };
      })
      .toEqual({ classNames: ['cat', 'ounce'], template: 'a drawing of the {}.' });
  });

  it('says with the count that a name is too long', async () => {
    await page.getByRole('button', { name: 'Rename ounce' }).click();
    await page.getByLabel('Name of class 1').fill('x'.repeat(80));
    await page.getByLabel('Name of class 1').press('Enter');
    await page
      .getByRole('alert')
      .filter({ hasText: /too long, first .* tokens.* where 40 fit/ })
      .waitFor();
    await button('Discard').click();
    await expect.poll(() => page.getByRole('alert').count()).toBe(0);
  });

  it('has images pinned for its trainings', async () => {
    await tab('Images');
    await choose(page, page.getByLabel('Split'), /^Validation/);
    await button('Pin val/cat/1.png').click();
    await page.getByTestId('pins').getByText('1 of 8 images are pinned.').waitFor();
    expect((await detail()).pinned).toEqual({ split: 'val', images: ['val/cat/1.png'] });
    expect(await violationsInBothThemes(page)).toEqual([]);
    await page.getByTestId('pins').getByRole('button').click();
    await expect.poll(async () => (await detail()).pinned.images).toEqual([]);
  });

  it('tells what was done to it, and gives its split away', async () => {
    await tab('About');
    await expect.poll(() => page.getByTestId('history').getByRole('listitem').count()).toBe(3);
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      button('Export the split').click(),
    ]);
    const text = await (await download.createReadStream()).setEncoding('utf8').toArray();
    expect(JSON.parse(text.join('')).train).toHaveLength(7);
    expect(await violationsInBothThemes(page)).toEqual([]);
  });

  it('is found again after a move', async () => {
    const moved = join(app.folder, 'moved');
    const { imageRoot } = await detail();
    await cp(imageRoot, moved, { recursive: true });
    await rm(imageRoot, { recursive: true });
    await goTo(page, '/datasets');
    await goTo(page, '/datasets/animals');
    await page.getByText('The folder of the images is gone').waitFor();
    expect(await violationsInBothThemes(page)).toEqual([]);
    await button('Locate the images').click();
    await page.getByLabel('Folder that holds them now').fill(moved);
    await button('Look for them').click();
    await expect.poll(async () => (await detail()).imageRoot).toBe(moved);
    await expect.poll(() => page.getByText('The folder of the images is gone').count()).toBe(0);
  });

  it('without one error in the console, or one call to another machine', () => {
    expect(watched.errors).toEqual([]);
    expect(watched.strangers).toEqual([]);
  });
});
