import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { ask } from './ask.ts';
import { picturesOfFailures } from './picture-of-failure.ts';
import type { ServedApp } from './served-app.ts';
import { servedPage } from './served-page.ts';
import { violationsOf } from './violations.ts';
import { goTo, type WatchedPage, WORK } from './watched-page.ts';
import { addRuns } from './workspace-with-runs.ts';

let app: ServedApp;
let watched: WatchedPage;
let page: Page;

servedPage(
  (served) => {
    ({ app, watched, page } = served);
  },
  { prepare: addRuns },
);
picturesOfFailures(() => page);

const rows = () => page.getByRole('table').getByRole('row');
const openRun = async (name: string) => {
  await goTo(page, '/runs');
  await page.getByRole('table').getByRole('link', { name, exact: true }).click();
  await page.getByRole('tab', { name: 'Notes' }).waitFor();
};

describe('a run is found again next week', () => {
  it('by a note, which may hold no script and no picture from elsewhere', async () => {
    await openRun('FAP');
    await page.getByRole('tab', { name: 'Notes' }).click();
    const text =
      '**Baseline** for the _paper_ <img src="https://example.org/x.png"><script>1</script>';
    await page.getByLabel('New note').fill(text);
    await page.getByRole('button', { name: 'Add the note' }).click();
    const note = page.getByRole('article');
    await note.getByText('Baseline').waitFor();
    expect(await note.locator('strong').textContent()).toBe('Baseline');
    expect(await note.locator('img, script').count()).toBe(0);
    await goTo(page, '/runs');
    const search = page.getByRole('searchbox');
    await search.waitFor();
    await page.keyboard.press('/');
    await search.and(page.locator(':focus')).waitFor();
    await page.keyboard.type('baseline');
    await expect.poll(() => page.getByText('1 run', { exact: true }).count()).toBe(1);
    await page.getByRole('button', { name: 'Clear' }).click();
  });

  it('by a tag, renamed and coloured, and by its star', async () => {
    await openRun('CBA-FAPT');
    await page.getByRole('combobox', { name: 'Add a tag' }).fill('try');
    await page.getByRole('combobox', { name: 'Add a tag' }).press('Enter');
    await page.getByRole('button', { name: 'Manage tags' }).click();
    const dialog = page.getByRole('dialog', { name: 'Tags' });
    await dialog.getByRole('button', { name: 'Rename try' }).click();
    await dialog.getByLabel('New name').fill('keep');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.getByText('keep', { exact: true }).waitFor();
    expect(await violationsOf(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: /^Star for run/ }).click();
    await goTo(page, '/runs');
    await page.getByRole('button', { name: 'Tags' }).click();
    await page.getByRole('option', { name: 'keep' }).click();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Starred' }).click();
    await expect.poll(() => rows().count()).toBe(2);
    await expect.poll(() => rows().nth(1).textContent()).toMatch(/^CBA-FAPT.*keep/);
  });

  it('by a saved view, which outlives a reload', async () => {
    await page.getByRole('button', { name: 'Views' }).click();
    await page.getByRole('menuitem', { name: 'Save this view' }).click();
    await page.getByLabel('Name').fill('kept and starred');
    await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
    await page.getByRole('button', { name: 'Clear' }).click();
    await expect.poll(() => rows().count()).toBe(3);
    await page.reload();
    await page.getByRole('button', { name: 'Views' }).click();
    await page.getByRole('menuitem', { name: 'kept and starred' }).hover();
    await page.getByRole('menuitem', { name: 'Show', exact: true }).click();
    await expect.poll(() => rows().count()).toBe(2);
    await page.getByRole('button', { name: 'Clear' }).click();
  });
});

describe('the bin', () => {
  it('gives a run back, or frees its files for good', async () => {
    const discard = async () => {
      await page
        .getByRole('checkbox', { name: /^Select run/ })
        .first()
        .click();
      await page.getByRole('button', { name: 'Move to the bin' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Move to the bin' }).click();
      await expect.poll(() => rows().count()).toBe(2);
    };
    await goTo(page, '/runs');
    await expect.poll(() => rows().count()).toBe(3);
    const link = await rows().nth(1).getByRole('link').getAttribute('href');
    const files = join(app.workspace, 'runs', link?.split('/').pop() ?? '');
    expect(existsSync(files)).toBe(true);
    await discard();
    await page.getByRole('button', { name: 'Bin' }).click();
    await page.getByRole('button', { name: 'Restore' }).click();
    await page.keyboard.press('Escape');
    await expect.poll(() => rows().count()).toBe(3);
    await discard();
    await page.getByRole('button', { name: 'Bin' }).click();
    await page.getByRole('button', { name: /^Empty the bin/ }).click();
    await page.getByRole('button', { name: 'Delete for good' }).click();
    await page.getByText('The bin is empty.').waitFor();
    expect(existsSync(files)).toBe(false);
  });
});

describe('a bundle', () => {
  it('holds a run that is gone from the workspace', async () => {
    await page.keyboard.press('Escape');
    await goTo(page, '/runs');
    await rows().nth(1).getByRole('link').first().click();
    await page.waitForURL(/#\/runs\/\w+/);
    const address = page.url();
    await page.getByRole('button', { name: 'More actions' }).click();
    const [download] = await Promise.all([
      page.waitForEvent('download', WORK),
      page.getByRole('menuitem', { name: 'Save as a bundle' }).click(),
    ]);
    const file = join(app.folder, download.suggestedFilename());
    await download.saveAs(file);
    await ask(app.address, async (api) => {
      const { runs } = await api.runs.list({});
      await api.runs.bin.remove({ runs: runs.map(({ id }) => id) });
      await api.runs.bin.purge({ runs: null });
    });
    await goTo(page, '/runs');
    await page.getByText('No run yet').waitFor();
    await page.getByLabel('Open a bundle').first().setInputFiles(file);
    await page.waitForURL(address, WORK);
    await page.getByRole('tab', { name: 'Results' }).click();
    await page
      .getByText(/PGD-3 \(ce\), eps 8\/255/)
      .first()
      .waitFor();
  });

  it('without one error in the console, or one call to another machine', () => {
    expect(watched.errors).toEqual([]);
    expect(watched.strangers).toEqual([]);
  });
});
