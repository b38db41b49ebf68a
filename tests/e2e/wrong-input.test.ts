import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { picturesOfFailures } from './picture-of-failure.ts';
import { servedPage } from './served-page.ts';
import { violationsInBothThemes } from './violations.ts';
import { goTo, type WatchedPage } from './watched-page.ts';

let watched: WatchedPage;
let page: Page;

servedPage((served) => {
  ({ watched, page } = served);
});
picturesOfFailures(() => page);

const focused = (locator: ReturnType<Page['locator']>) => locator.and(page.locator(':focus'));

describe('a training form with values that cannot be used', () => {
  it('says so at each field, names the fields, and leads to them', async () => {
    await goTo(page, '/train');
    const shots = page.getByRole('spinbutton', { name: /^Shots/ });
    await shots.fill('0');
    await page.getByText('Evaluation afterwards').waitFor();
    const steps = page.getByRole('spinbutton', { name: 'Steps', exact: true });
    await steps.fill('');
    await expect.poll(() => shots.getAttribute('aria-invalid')).toBe('true');
    const described = (await shots.getAttribute('aria-describedby'))?.split(' ') ?? [];
    const said = await Promise.all(
      described.map((id) => page.locator(`[id="${id}"]`).textContent()),
    );
    expect(said.at(-1)).toBe('At least 1.');
    await page.locator('[data-field=evaluation]').getByText('A number.').waitFor();
    expect(await violationsInBothThemes(page)).toEqual([]);
    await page.getByRole('button', { name: 'Evaluation afterwards' }).click();
    await focused(steps).waitFor();
    await page.getByRole('button', { name: 'Shots', exact: true }).click();
    await focused(shots).waitFor();
    await shots.fill('2');
    await steps.fill('5');
    await expect.poll(() => page.getByText('A field needs a value').count()).toBe(0);
  });

  it('leads to what is wrong where it is sent all the same', async () => {
    const shots = page.getByRole('spinbutton', { name: /^Shots/ });
    const fault = page.getByRole('button', { name: 'Shots', exact: true });
    await shots.fill('0');
    await shots.press('Enter');
    await focused(fault).waitFor();
    await shots.focus();
    // Said to be disabled, as nothing starts; it answers all the same.
    await page.getByRole('button', { name: 'Queue the run' }).click({ force: true });
    await focused(fault).waitFor();
    await fault.press('Enter');
    await focused(shots).waitFor();
    await shots.fill('2');
    await fault.waitFor({ state: 'detached' });
  });

  it('leads to a field that a lesser depth of the form does not show', async () => {
    await page.getByRole('radio', { name: 'Loss' }).click();
    const alpha = page.locator('[data-field="loss.alpha"] input');
    await alpha.fill('');
    await page.getByRole('radio', { name: 'Basic' }).click();
    await alpha.waitFor({ state: 'detached' });
    await page
      .getByRole('button', { name: 'alpha: weight of CE(adversarial)', exact: true })
      .click();
    await focused(alpha).waitFor();
  });
});

describe('an address of a thing that is not there', () => {
  it.each([
    ['/datasets/nope', 'No such dataset'],
    ['/models/nope', 'No such model'],
    ['/runs/nope', 'No such run'],
  ])('%s: says so, and offers nothing to do with it', async (path, title) => {
    await goTo(page, path);
    await page.getByRole('alert').getByText(title).waitFor();
    const left = page
      .locator('main')
      .getByRole('button')
      .or(page.locator('main').getByRole('link'));
    expect(await left.allTextContents()).toEqual(['Try again']);
  });
});

describe('a dialog with a form', () => {
  it.each([
    ['/datasets', 'Import a dataset', 'Folder or file'],
    ['/models', 'Add a model', 'Folder or weight file'],
  ])('%s, %s: begins at its first field', async (path, opener, field) => {
    await goTo(page, path);
    await page.getByRole('button', { name: opener }).first().press('Enter');
    await focused(page.getByRole('dialog').getByRole('textbox', { name: field })).waitFor();
    await page.keyboard.press('Escape');
    await focused(page.getByRole('button', { name: opener }).first()).waitFor();
  });
});

describe('the window with all of it', () => {
  it('has no error in the console, and asks nobody else', () => {
    expect(watched.errors).toEqual([]);
    expect(watched.strangers).toEqual([]);
  });
});
