import { globSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeTinyClip } from '../main/fixtures/tiny-clip.ts';
import { type FileServer, startFileServer } from '../main/models/file-server.ts';
import { serveRepository } from '../main/models/serve-repository.ts';
import { ask } from './ask.ts';
import { picturesOfFailures } from './picture-of-failure.ts';
import type { ServedApp } from './served-app.ts';
import { servedPage } from './served-page.ts';
import { violationsInBothThemes } from './violations.ts';
import { goTo, type WatchedPage, WORK } from './watched-page.ts';

const COMMIT = '3d74acf9a28c67741b2f4f2ea7635f0aaf6f0268';
const CHECKPOINT = join(import.meta.dirname, '../fixtures/weights/coop.pth.tar-50');

let app: ServedApp;
let watched: WatchedPage;
let page: Page;
let mirror: FileServer;
let weights: string;

beforeAll(async () => {
  mirror = await startFileServer();
});
afterAll(() => mirror?.close());
servedPage(
  (served) => {
    ({ app, watched, page } = served);
  },
  {
    prepare: async (_workspace, _env, folder) => {
      weights = await writeTinyClip(join(folder, 'tiny'), 7);
      await publish('lab/tiny', join(folder, 'tiny'));
    },
  },
);
picturesOfFailures(() => page);

/** Puts a model on the mirror. */
async function publish(name: string, folder: string): Promise<void> {
  serveRepository(mirror, name, COMMIT, {
    'tokenizer.json': await readFile(join(folder, 'tokenizer.json')),
    'model.safetensors': await readFile(join(folder, 'tiny.safetensors')),
  });
}

const dialog = () => page.getByRole('dialog', { name: 'Add a model' });
const button = (name: string) => page.getByRole('button', { name, exact: true });
const names = () =>
  ask(app.address, async (api) => (await api.models.list()).models.map(({ name }) => name));

describe('weights of this machine', () => {
  it('are looked at before they are added, and a file that does not fit says where', async () => {
    await goTo(page, '/models');
    await button('Add a model').click();
    await page.getByLabel('Folder or weight file').fill(CHECKPOINT);
    await button('Look at the shapes first').click();
    const report = page.getByTestId('weight-report');
    await report.getByRole('table').waitFor();
    expect(await violationsInBothThemes(page)).toEqual([]);
    // As Windows copies a path.
    const path = page.getByLabel('Folder or weight file');
    await path.fill(`"${weights}"`);
    await expect.poll(() => path.inputValue()).toBe(weights);
    await button('Look at the shapes first').click();
    await report.getByText('Every tensor that a CLIP needs is there').waitFor();
  });

  it('are tried and added', async () => {
    await page.getByLabel('Name', { exact: true }).fill('mine');
    await button('Add').click();
    await page.getByRole('heading', { level: 1, name: 'mine' }).waitFor(WORK);
    await page.getByText('Passed when the model was added').waitFor();
    expect(await violationsInBothThemes(page)).toEqual([]);
    expect(await names()).toEqual(['mine']);
  });

  it('are refused where there are none, in a sentence', async () => {
    await goTo(page, '/models');
    await button('Add a model').click();
    await page.getByLabel('Folder or weight file').fill(join(app.folder, 'nowhere'));
    await button('Add').click();
    await dialog().getByRole('alert').filter({ hasText: 'There is nothing at' }).waitFor();
  });
});

/** How much of files that are still to come is on the disk. */
const partBytes = () =>
  globSync('**/*.part', { cwd: app.workspace }).map(
    (path) => statSync(join(app.workspace, path)).size,
  );

describe('a download', () => {
  const fetchIt = async (from: string) => {
    await page.getByLabel('Repository or address').fill(from);
    await button('Download and add').click();
  };

  it('of what the mirror does not have says so', async () => {
    await page.getByRole('tab', { name: 'Download' }).click();
    await page.getByLabel('Mirror').fill(mirror.url);
    await fetchIt('lab/nothing');
    await dialog().getByRole('alert').filter({ hasText: 'There is no such file' }).waitFor();
    expect(await violationsInBothThemes(page)).toEqual([]);
  });

  it('without a connection says so too', async () => {
    await page.getByLabel('Mirror').fill('http://127.0.0.1:2');
    await fetchIt('lab/tiny');
    await dialog().getByRole('alert').filter({ hasText: 'cannot be reached' }).waitFor();
  });

  it('stops when it is told to, and goes on where it was', async () => {
    await page.getByLabel('Mirror').fill(mirror.url);
    const file = `/lab/tiny/resolve/${COMMIT}/model.safetensors`;
    mirror.faults.set(file, [{ kind: 'hang', after: 100_000 }]);
    await fetchIt('lab/tiny');
    const progress = dialog().getByRole('status');
    await progress.getByText('download (MB)').waitFor();
    await expect.poll(partBytes).toEqual([100_000]);
    await progress.getByRole('button', { name: 'Cancel' }).click();
    await page.getByText('What came is kept').waitFor();
    await button('Download and add').click();
    await page.getByRole('heading', { level: 1, name: 'tiny' }).waitFor(WORK);
    expect(mirror.requests.at(-1)).toBe(`GET ${file} bytes=100000-`);
    expect(await names()).toEqual(['mine', 'tiny']);
    await page.getByText(`${mirror.url}/lab/tiny at ${COMMIT.slice(0, 12)}`).waitFor();
  });
});

describe('an image tower that was tuned by itself', () => {
  it('takes the place of its base, and says so', async () => {
    await goTo(page, '/models');
    await button('Add a model').click();
    await page.getByLabel('Folder or weight file').fill(weights);
    await page.getByLabel('Name', { exact: true }).fill('tower');
    await page.getByRole('switch', { name: 'An image tower alone' }).click();
    await page.getByLabel('Base').click();
    await page.getByRole('option', { name: 'tiny' }).click();
    await button('Add').click();
    await page.getByRole('heading', { level: 1, name: 'tower' }).waitFor(WORK);
    await page.getByText('stands in the place of that of tiny').waitFor();
    await goTo(page, '/models');
    await page.getByRole('row', { name: /tower.*fine-tuned image tower/ }).waitFor();
    expect(await violationsInBothThemes(page)).toEqual([]);
  });
});

describe('prompts of an official repository', () => {
  it('that do not fit the model are refused, and nothing is made', async () => {
    await button('Import prompts').click();
    await page.getByLabel('Checkpoint').fill(CHECKPOINT);
    await page.getByLabel('Method').click();
    await page.getByRole('option', { name: 'CoOp', exact: true }).click();
    expect(await violationsInBothThemes(page)).toEqual([]);
    await button('Make the run').click();
    await page.getByRole('dialog').getByRole('alert').waitFor(WORK);
    expect(await ask(app.address, async (api) => (await api.runs.list({})).total)).toBe(0);
  });

  it('without one error in the console, or one call to another machine', () => {
    expect(watched.errors).toEqual([]);
    expect(watched.strangers).toEqual([]);
  });
});
