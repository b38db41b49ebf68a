import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { picturesOfFailures } from './picture-of-failure.ts';
import { servedPage } from './served-page.ts';
import { violationsInBothThemes } from './violations.ts';
import { goTo, type WatchedPage } from './watched-page.ts';
import { addRuns, fapt } from './workspace-with-runs.ts';

let run: string;
let watched: WatchedPage;
let page: Page;

servedPage(
  (served) => {
    ({ watched, page } = served);
  },
  {
    prepare: async (workspace, env) => {
      await addRuns(workspace, env);
      const { runs } = (await fapt(workspace, env, 'runs')) as { runs: { id: string }[] };
      run = runs[0]?.id ?? '';
    },
  },
);
picturesOfFailures(() => page);

const button = (name: string | RegExp) => page.getByRole('button', { name });

/** What opens in front of a page: its screen, the field or button, and the role of what opens. */
const POPUPS: [what: string, path: () => string, opener: () => ReturnType<typeof button>][] = [
  ['a list of choices', () => '/runs', () => page.getByRole('combobox', { name: 'Sort by' })],
  ['a list of many choices', () => '/runs', () => button('Methods')],
  ['a list with a search field', () => '/runs', () => button('Datasets')],
  ['a menu', () => '/runs', () => button('Views')],
  ['the menu of a run', () => `/runs/${run}`, () => button('More')],
  ['a list of the training form', () => '/train', () => page.getByRole('combobox').first()],
];

describe('what opens in front of a page', () => {
  it.each(POPUPS)(
    '%s: breaks no rule of axe-core, gives the focus back',
    async (_, path, opener) => {
      await goTo(page, path());
      await opener().first().focus();
      await page.keyboard.press('Enter');
      const popup = page.locator('#popups').locator('[role=listbox], [role=menu]');
      await popup.waitFor();
      expect(await violationsInBothThemes(page)).toEqual([]);
      // The page behind stays what it was: it is hidden from nobody.
      await page.locator('main').getByRole('heading', { level: 1 }).waitFor();
      await page.keyboard.press('Escape');
      await popup.waitFor({ state: 'detached' });
      await opener().first().and(page.locator(':focus')).waitFor();
    },
  );

  it('a list with a search field: the list holds choices alone, and has the name of the field', async () => {
    await goTo(page, '/runs');
    await button('Datasets').click();
    await page.getByRole('listbox', { name: 'Datasets' }).waitFor();
    expect(await page.getByRole('listbox').getByRole('combobox').count()).toBe(0);
    await page.getByRole('combobox').and(page.locator(':focus')).fill('mammals');
    await page
      .getByRole('option', { name: 'demo-mammals' })
      .and(page.locator('[data-highlighted]'))
      .waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('option', { name: 'demo-mammals', selected: true }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('listbox').waitFor({ state: 'detached' });
    await button('Clear').click();
  });
});

describe('dialogs', () => {
  const DIALOGS: [name: string, path: () => string, open: () => Promise<void>][] = [
    ['Commands', () => '/runs', () => page.keyboard.press('Control+k')],
    ['Keyboard shortcuts', () => '/runs', () => page.keyboard.press('?')],
    ['Bin', () => '/runs', () => button('Bin').click()],
    ['Import a dataset', () => '/datasets', () => button('Import').first().click()],
    ['Evaluate', () => `/runs/${run}`, () => choose('Evaluate')],
    ['More epochs', () => `/runs/${run}`, () => choose('More epochs')],
  ];

  async function choose(name: string): Promise<void> {
    await button('More').click();
    await page.getByRole('menuitem', { name: new RegExp(name) }).click();
  }

  it.each(DIALOGS)(
    '%s: breaks no rule, and hides the page behind while it is open',
    async (name, path, open) => {
      await goTo(page, path());
      await page.locator('main h1').focus();
      await open();
      const dialog = page.getByRole('dialog', { name: new RegExp(name) });
      await dialog.waitFor();
      expect(await violationsInBothThemes(page)).toEqual([]);
      await expect.poll(() => page.getByRole('main').count()).toBe(0);
      await page.keyboard.press('Escape');
      await dialog.waitFor({ state: 'detached' });
      await page.getByRole('main').waitFor();
    },
  );

  it('a list in a dialog: breaks no rule, and closes before the dialog does', async () => {
    await goTo(page, '/datasets');
    await button('Import').first().click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('combobox', { name: 'Format' }).click();
    await page.getByRole('listbox').waitFor();
    expect(await violationsInBothThemes(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await page.getByRole('listbox').waitFor({ state: 'detached' });
    expect(await dialog.count()).toBe(1);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
  });
});

describe('messages', () => {
  /** No bundle at all: a message says so, and stays. */
  async function fail(): Promise<void> {
    const file = { name: 'no.faptrun', mimeType: 'application/zip', buffer: Buffer.from('no') };
    await page.locator('input[accept=".faptrun"]').setInputFiles(file);
  }
  const messages = () => page.getByRole('status', { name: 'Messages' });

  it('breaks no rule, is read out, reached and closed by keyboard, and gives the focus back', async () => {
    await goTo(page, '/runs');
    await fail();
    await messages().getByRole('article').waitFor();
    expect(await violationsInBothThemes(page)).toEqual([]);
    await button('Bin').focus();
    await page.keyboard.press('F8');
    await messages().getByRole('button', { name: 'Close' }).and(page.locator(':focus')).waitFor();
    await page.keyboard.press('Enter');
    await messages().getByRole('article').waitFor({ state: 'detached' });
    await button('Bin').and(page.locator(':focus')).waitFor();
  });

  it('stays reachable beside an open dialog, and does not close it', async () => {
    await fail();
    await messages().getByRole('article').waitFor();
    await button('Bin').click();
    await page.getByRole('dialog').waitFor();
    await messages().getByRole('button', { name: 'Close' }).click();
    await messages().getByRole('article').waitFor({ state: 'detached' });
    expect(await page.getByRole('dialog').count()).toBe(1);
    await page.keyboard.press('Escape');
  });

  it('nothing of all this broke the content policy or asked anybody else', () => {
    expect(watched.errors).toEqual([]);
    expect(watched.strangers).toEqual([]);
  });
});
