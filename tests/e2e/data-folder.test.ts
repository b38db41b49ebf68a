import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { startCli } from '../main/hosts/run-cli.ts';
import { ask } from './ask.ts';
import { picturesOfFailures } from './picture-of-failure.ts';
import type { ServedApp } from './served-app.ts';
import { servedPage } from './served-page.ts';
import { violationsInBothThemes } from './violations.ts';
import { goTo } from './watched-page.ts';

let app: ServedApp;
let page: Page;
servedPage((served) => {
  ({ app, page } = served);
});
picturesOfFailures(() => page);

const path = () => page.getByRole('textbox', { name: 'Another folder' });
const use = () => page.getByRole('button', { name: 'Use this folder from the next start' });

it('says why a folder cannot be chosen, and remembers none', async () => {
  const full = join(app.folder, 'full');
  await mkdir(full);
  await writeFile(join(full, 'photo.png'), '');
  await goTo(page, '/settings');
  await path().fill(full);
  await use().click();
  const message = page.getByRole('article').filter({ hasText: 'This folder cannot be chosen' });
  await message.getByText('it holds other files').waitFor();
  expect(await path().inputValue()).toBe(full);
  expect(await ask(app.address, (api) => api.workspace.get())).toMatchObject({ chosen: null });
});

it('remembers a folder, says that the variable wins at this start, and goes back', async () => {
  const chosen = join(app.folder, 'chosen');
  await page.getByText('Named at this start by the FAPT_WORKSPACE variable').waitFor();
  await path().fill(chosen);
  await use().click();
  await page.getByText(`Chosen here, for a start that names none: ${chosen}`).waitFor();
  expect(await violationsInBothThemes(page)).toEqual([]);
  expect(await doctor()).toMatchObject({ workspace: chosen, workspaceOrigin: 'chosen' });
  await page.getByRole('button', { name: 'Back to the default folder' }).click();
  await page.getByText('Chosen here').waitFor({ state: 'detached' });
  expect(await ask(app.address, (api) => api.workspace.get())).toMatchObject({ chosen: null });
});

/** What a start finds that names no folder. */
async function doctor(): Promise<Record<string, unknown>> {
  const started = startCli('', ['doctor', '--json'], app.env);
  return (await started.done).json();
}
