import { mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { writeTinyDataset } from '../main/fixtures/tiny-dataset.ts';
import { ask } from './ask.ts';
import { picturesOfFailures } from './picture-of-failure.ts';
import type { ServedApp } from './served-app.ts';
import { servedPage } from './served-page.ts';
import { goTo, openPage, type WatchedPage, WORK } from './watched-page.ts';

let browser: Browser;
let app: ServedApp;
let watched: WatchedPage;
let page: Page;

servedPage((served) => {
  ({ browser, app, watched, page } = served);
});

picturesOfFailures(() => page);

/** Epochs that no machine finishes before the test stops them. */
const ENDLESS = 100_000;

const status = (text: string) => page.locator('main header').getByText(text, { exact: true });

/** A number of the form by the first words of its label. */
const field = (label: string) => page.getByRole('spinbutton', { name: new RegExp(`^${label}`) });

/** Fills the form's basic fields and queues the run. */
async function startRun({ epochs, shots = 2 }: { epochs: number; shots?: number }): Promise<void> {
  await goTo(page, '/train');
  await field('Epochs').fill(String(epochs));
  await field('Shots').fill(String(shots));
  await page.getByRole('group', { name: 'Evaluation afterwards' }).getByLabel('Steps').fill('3');
  await page.getByRole('button', { name: 'Queue the run' }).click();
  await page.waitForURL(/#\/runs\/\w+/);
}

describe('a person trains on images of their own', () => {
  it('imports a folder of classes after seeing what it would bring', async () => {
    const folder = join(app.folder, 'my-animals');
    await writeTinyDataset(join(app.folder, 'source'), { train: 6 });
    await mkdir(folder);
    for (const [label, name] of ['cat', 'dog', 'fish'].entries()) {
      await rename(join(app.folder, 'source/images', `class${label}`), join(folder, name));
    }
    await goTo(page, '/datasets');
    await page.getByRole('button', { name: 'Import a dataset' }).first().click();
    await page.getByLabel('Folder or file').fill(folder);
    await page.getByRole('button', { name: 'Check' }).click();
    const report = page.getByTestId('import-report');
    await report.waitFor();
    expect(await report.textContent()).toMatch(/3 classes, 39 images/);
    await page.getByRole('dialog').getByRole('button', { name: 'Import', exact: true }).click();
    await page.getByRole('heading', { level: 1, name: 'my-animals' }).waitFor();
    await expect.poll(() => page.locator('figure img').count()).toBeGreaterThan(5);
  });

  it('the form keeps its content over a reload, and shows what differs from the preset', async () => {
    await page.getByRole('link', { name: 'Train on it' }).click();
    await field('Epochs').fill('3');
    const differences = page.getByTestId('differences');
    await expect.poll(() => differences.textContent()).toMatch(/Epochs\s*10 → 3/);
    await page.reload();
    await expect.poll(() => field('Epochs').inputValue()).toBe('3');
    await expect
      .poll(() => page.getByRole('combobox', { name: 'Dataset' }).textContent())
      .toBe('my-animals');
  });

  it('lights up the term of the loss that is being edited', async () => {
    await page.getByRole('radio', { name: 'Loss' }).click();
    await field('alpha').focus();
    const lit = page.locator('[data-testid=formula] [data-lit=true]');
    await expect.poll(() => lit.getAttribute('data-term')).toBe('adv');
    await field('gamma').focus();
    await expect.poll(() => lit.getAttribute('data-term')).toBe('taa');
  });

  it('measures time and memory before the start', async () => {
    await page.getByRole('button', { name: 'Measure time and memory' }).click();
    const estimate = page.getByTestId('estimate');
    await estimate.waitFor(WORK);
    expect(await estimate.textContent()).toMatch(/Training images18/);
  });

  it('trains to the end, and every number stands beside its protocol', async () => {
    await startRun({ epochs: 2 });
    await expect.poll(() => status('finished').count(), WORK).toBe(1);
    await page.getByRole('tab', { name: 'Results' }).click();
    const results = page.getByRole('table').first();
    await expect.poll(() => results.textContent()).toMatch(/PGD-3 \(ce\), eps [\d.]+\/255/);
    await page.getByRole('tab', { name: 'Training' }).click();
    await expect.poll(() => page.getByTestId('terms').getByRole('row').count()).toBe(5);
  });
});

describe('a training is steered while it runs', () => {
  it('pauses at the next step and goes on, also after a reload', async () => {
    await startRun({ epochs: ENDLESS });
    await expect.poll(() => page.getByTestId('terms').count(), WORK).toBe(1);
    await page.reload();
    await page.getByRole('button', { name: 'Pause' }).click();
    await expect.poll(() => status('paused').count(), WORK).toBe(1);
    await page.getByRole('button', { name: 'Resume' }).click();
    await expect.poll(() => status('running').count(), WORK).toBe(1);
  });

  it('is seen by a second window', async () => {
    const other = await openPage(browser, app.address);
    const strip = other.page.getByRole('contentinfo', { name: 'Status' });
    await expect.poll(() => strip.getByRole('link', { name: /my-animals/ }).count()).toBe(1);
    await goTo(other.page, '/queue');
    await expect.poll(() => other.page.getByTestId('current-job').count()).toBe(1);
    expect(other.errors).toEqual([]);
    await other.page.context().close();
  });

  it('an engine that is killed is said to be down; the run says so and goes on after a restart', async () => {
    const pid = await enginePid();
    process.kill(pid, 'SIGKILL');
    const banner = page.getByRole('alert').filter({ hasText: 'The engine stopped' });
    await expect.poll(() => banner.count(), WORK).toBe(1);
    await expect.poll(() => status('interrupted').count()).toBe(1);
    await banner.getByRole('button', { name: 'Restart the engine' }).click();
    await expect.poll(() => banner.count(), WORK).toBe(0);
    await page.getByRole('button', { name: 'Resume' }).click();
    await expect.poll(() => status('running').count(), WORK).toBe(1);
    expect(await enginePid()).not.toBe(pid);
  });

  it('stops and keeps a model that can be used', async () => {
    await page.getByRole('button', { name: 'Stop and keep' }).click();
    await expect.poll(() => status('finished').count(), WORK).toBe(1);
    await page.getByRole('tab', { name: 'Try it' }).click();
    const image = join(app.folder, 'my-animals', 'cat', 'test-0.png');
    await page.locator('input[type=file]').setInputFiles(image);
    const predictions = page.getByTestId('predictions');
    await predictions.waitFor(WORK);
    expect(await predictions.textContent()).toMatch(/test-0\.png/);
  });

  it('without one error in the console, or one call to another machine', () => {
    expect(watched.errors).toEqual([]);
    expect(watched.strangers).toEqual([]);
  });
});

async function enginePid(): Promise<number> {
  const { engine } = await ask(app.address, (api) => api.app.status());
  // A signal to process 0 would end the test itself.
  if (!engine.pid) throw new Error(`the engine has no process: ${engine.state}`);
  return engine.pid;
}
