import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { picturesOfFailures } from './picture-of-failure.ts';
import type { ServedApp } from './served-app.ts';
import { type ServedPage, servedPage } from './served-page.ts';
import { violationsOf } from './violations.ts';
import { choose, goTo, openPage, type WatchedPage, WORK } from './watched-page.ts';
import { addRuns, fapt } from './workspace-with-runs.ts';

let browser: ServedPage['browser'];
let app: ServedApp;
let watched: WatchedPage;
let page: Page;
let place: string;

servedPage(
  (served) => {
    ({ browser, app, watched, page } = served);
  },
  {
    prepare: async (workspace, env) => {
      await addRuns(workspace, env);
      const { runs } = (await fapt(workspace, env, 'runs')) as {
        runs: { id: string; method: string }[];
      };
      const idOf = (name: string) => runs.find(({ method }) => method === name)?.id;
      // Newer than what the two are compared under, and met by one alone.
      const other = ['--attack', 'pgd', '--eps', '4/255', '--steps', '2', '--subset', '3'];
      await fapt(workspace, env, 'eval', idOf('cba-fapt') ?? '', ...other);
      place = `/compare?a=${idOf('fap')}&b=${idOf('cba-fapt')}&tab=attribution&image=`;
    },
  },
);
picturesOfFailures(() => page);

/** Waits for what an engine at work may take long to answer. */
const eventually = <T>(read: () => T | Promise<T>) => expect.poll(read, WORK);

const IMAGE = 'class0/test-0.png';
const open = async (image = IMAGE, on = page) => {
  await goTo(on, `${place}${encodeURIComponent(image)}`);
  await eventually(() => on.getByRole('application').count()).toBe(8);
};
const tiles = () => page.getByRole('application');
const row = (name: RegExp) => page.getByRole('region', { name });
/** A saved file's bytes. */
async function saved(item: RegExp): Promise<{ name: string; file: string }> {
  await page.getByRole('button', { name: 'Save maps' }).click();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('menuitem', { name: item }).click(),
  ]);
  const file = join(app.folder, download.suggestedFilename());
  await download.saveAs(file);
  return { name: download.suggestedFilename(), file };
}

describe('what two runs looked at', () => {
  it('stands in a grid of runs by clean and adversarial, with whose attack and its protocol', async () => {
    await open();
    for (const run of [/^FAP/, /^CBA-FAPT/]) {
      const text = await row(run).textContent();
      expect(text).toMatch(/Attack on this run:.*PGD-3 \(ce\), eps 8\/255/);
      expect(text).toMatch(/as kept with the evaluation/);
      expect(await row(run).getByRole('application').count()).toBe(4);
    }
    expect(await page.getByText(/^± [\d.e-]+$/).count()).toBe(6);
  });

  it('answers with the number of the patch that the arrow keys point at, in every map', async () => {
    await open();
    await tiles().first().focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    const reading = page.getByText(/^row \d+, column \d+: [+−]?[\d.e-]+$/);
    await eventually(() => reading.count()).toBe(6);
    const before = await reading.first().textContent();
    await page.keyboard.press('ArrowDown');
    await eventually(() => reading.first().textContent()).not.toBe(before);
    await page.keyboard.press('Escape');
    await eventually(() => reading.count()).toBe(0);
  });

  it('zooms and moves all maps together', async () => {
    await page.keyboard.press('+');
    await page.keyboard.press('+');
    await page.getByRole('button', { name: '1.6 ×' }).waitFor();
    await tiles().first().focus();
    const pictureOf = (at: number) =>
      tiles()
        .nth(at)
        .locator('canvas')
        .evaluate((canvas: HTMLCanvasElement) => canvas.toDataURL());
    const before = await Promise.all([pictureOf(0), pictureOf(7)]);
    await page.keyboard.press('Shift+ArrowRight');
    await eventually(() => pictureOf(0)).not.toBe(before[0]);
    await eventually(() => pictureOf(7)).not.toBe(before[1]);
    await page.keyboard.press('0');
    await page.getByText('1.0 ×').waitFor();
  });

  it('draws maps of one scale, or each on its own, and A - B', async () => {
    const ends = page.getByText(/^± [\d.e-]+$/);
    expect(new Set(await ends.allTextContents()).size).toBe(1);
    await page.getByRole('switch', { name: 'One scale' }).click();
    await eventually(async () => new Set(await ends.allTextContents()).size).toBeGreaterThan(1);
    await page.getByRole('switch', { name: 'One scale' }).click();
    await page.getByRole('switch', { name: 'A − B' }).click();
    await eventually(() => tiles().count()).toBe(11);
    await page.getByRole('switch', { name: 'A − B' }).click();
  });

  it('follows the steps of the attack, by slider and by key', async () => {
    await page.keyboard.press(',');
    await eventually(() => row(/^FAP/).textContent()).toMatch(/step 3, seed 1, rebuilt/);
    await page.keyboard.press(',');
    await eventually(() => row(/^CBA/).textContent()).toMatch(/step 2, seed 1, rebuilt/);
    await page.getByLabel('Step', { exact: true }).fill('0');
    await eventually(() => row(/^FAP/).textContent()).toMatch(/step 0, seed 1/);
    await page.getByLabel('Step', { exact: true }).press('End');
    await eventually(() => row(/^FAP/).textContent()).toMatch(/the attack's answer/);
  });

  it('shows one attack to both runs, and says so', async () => {
    const whose = page.getByRole('combobox', { name: 'Whose attack' });
    await choose(page, whose, /^Attack on A/);
    await eventually(() => row(/^CBA/).textContent()).toMatch(/Attack on FAP, seed 1/);
    expect(await row(/^FAP/).textContent()).toMatch(/Attack on this run/);
    await choose(page, whose, "Each run's own");
  });

  it('explains any class, and free text', async () => {
    const target = page.getByRole('button', { name: 'What is explained' });
    await choose(page, target, /^Free text/);
    await page.getByLabel('Text', { exact: true }).fill('a small bear');
    await page.getByLabel('Text', { exact: true }).press('Enter');
    await eventually(() => row(/^FAP/).textContent()).toMatch(/explains: a small bear/);
    await choose(page, target, /^true class/);
    await eventually(() => row(/^FAP/).textContent()).not.toMatch(/a small bear/);
  });

  it('measures drift over the set, and tells its interval, images and attack', async () => {
    await row(/^FAP/).getByRole('button', { name: 'Measure over the set' }).click();
    await eventually(() => row(/^FAP/).textContent()).toMatch(/mean of the set/);
    expect(await row(/^FAP/).textContent()).toMatch(
      /[\d.e-]+\s*\[[\d.e-]+, [\d.e-]+\].*PGD-3 \(ce\), eps 8\/255.*n = \d+/s,
    );
  });
});

describe('images', () => {
  it('are chosen by class and letters of their path', async () => {
    await page.keyboard.press('i');
    const dialog = page.getByRole('dialog', { name: 'Choose an image' });
    await dialog.getByLabel('Letters of the path').fill('class2/test-3');
    await eventually(() => dialog.getByRole('img').count()).toBe(1);
    expect(await violationsOf(page)).toEqual([]);
    await dialog
      .getByRole('button')
      .filter({ has: page.getByRole('img') })
      .click();
    await dialog.waitFor({ state: 'detached' });
    await page.getByText('class2/test-3.png').waitFor();
    await eventually(() => row(/^FAP/).getAttribute('aria-busy')).toBe('false');
  });

  it('go on to the next of the list by n, and back by p', async () => {
    const shown = async () => new URL(page.url().replace('#/', '')).searchParams.get('image');
    await open();
    await page.getByText(/^\d+ of \d+/).waitFor();
    const before = await shown();
    await page.keyboard.press('n');
    await eventually(shown).not.toBe(before);
    const next = await shown();
    await page.keyboard.press('n');
    await page.keyboard.press('p');
    await eventually(shown).toBe(next);
    expect(page.url()).toContain('/compare');
  });

  it('are looked at ahead, the next one before it is asked for', async () => {
    const sent: string[] = [];
    page.on('websocket', (socket) =>
      socket.on('framesent', ({ payload }) => sent.push(String(payload))),
    );
    await page.reload();
    await open();
    const asked = () =>
      new Set(
        sent
          .filter((frame) => frame.includes('attribution/get'))
          .flatMap((frame) => /class\d+\/test-\d+\.png/.exec(frame) ?? []),
      );
    await eventually(() => asked().size).toBe(2);
    const [, next] = asked();
    await page.keyboard.press('n');
    await page.getByText(next ?? 'no image').waitFor();
  });

  it('that the set lacks are an error with a way on', async () => {
    await goTo(page, `${place}no-such.png`);
    await eventually(() => row(/^FAP/).getByRole('alert').count()).toBe(1);
    expect(await row(/^FAP/).getByRole('alert').textContent()).toContain('no-such.png');
  });
});

describe('maps leave the screen', () => {
  it('as a figure at twice its size', async () => {
    await open();
    const { name, file } = await saved(/PNG/);
    expect(name).toMatch(/^maps-.*class0-test-0\.png\.png$/);
    const { width, height } = await sharp(file).metadata();
    expect(width).toBe(2240);
    expect(height).toBeGreaterThan(1200);
    const { data } = await sharp(file)
      .extract({ left: 48, top: 360, width: 400, height: 300 })
      .raw()
      .toBuffer({ resolveWithObject: true });
    expect(new Set(data).size).toBeGreaterThan(20);
  });

  it('as raw values, patch by patch', async () => {
    const { file } = await saved(/CSV/);
    const lines = (await readFile(file, 'utf8')).trimEnd().split('\r\n');
    expect(lines[0]).toMatch(/^run,method,image,class/);
    expect(lines.filter((line) => line.includes(',image,')).length).toBeGreaterThanOrEqual(8);
    expect(lines.join('\n')).not.toMatch(/NaN|undefined/);
  });
});

describe('for everybody', () => {
  it('lists its keys in the sheet', async () => {
    await open();
    await page.keyboard.press('?');
    const sheet = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
    await sheet.getByText('Next image of the list').waitFor();
    expect(await violationsOf(page)).toEqual([]);
    await page.keyboard.press('Escape');
  });

  it.each(['light', 'dark'] as const)(
    'breaks no rule of axe-core in the %s theme',
    async (theme) => {
      const other = await openPage(browser, app.address, { theme });
      await open(IMAGE, other.page);
      await other.page.getByRole('switch', { name: 'A − B' }).click();
      await eventually(() => other.page.getByRole('application').count()).toBe(11);
      expect(await violationsOf(other.page)).toEqual([]);
      expect(other.errors).toEqual([]);
      await other.page.context().close();
    },
  );

  it('fits at 200 % zoom, and speaks Chinese', async () => {
    const other = await openPage(browser, app.address, {
      locale: 'zh-CN',
      width: 640,
      height: 400,
    });
    await open(IMAGE, other.page);
    await other.page.getByText('对抗 − 干净').first().waitFor();
    const overflow = await other.page.evaluate(() => {
      const main = document.querySelector('main') as HTMLElement;
      return main.scrollWidth - main.clientWidth;
    });
    expect(overflow).toBe(0);
    await other.page.context().close();
  });

  it('without one error in the console, or one call to another machine', () => {
    expect(watched.errors).toEqual([]);
    expect(watched.strangers).toEqual([]);
  });
});
