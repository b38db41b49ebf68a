import type { Page } from 'playwright-core';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { picturesOfFailures } from './picture-of-failure.ts';
import type { ServedApp } from './served-app.ts';
import { type ServedPage, servedPage } from './served-page.ts';
import { violationsOf } from './violations.ts';
import { choose, goTo, openPage, type WatchedPage, WORK } from './watched-page.ts';
import { addRuns } from './workspace-with-runs.ts';

let browser: ServedPage['browser'];
let app: ServedApp;
let watched: WatchedPage;
let page: Page;

servedPage(
  (served) => {
    ({ browser, app, watched, page } = served);
  },
  { prepare: addRuns },
);
picturesOfFailures(() => page);

/** Waits for what an engine at work may take long to answer. */
const eventually = <T>(read: () => T | Promise<T>) => expect.poll(read, WORK);

const numbers = () => page.locator('dl').filter({ hasText: 'margin' });
const panel = (name: string) => page.getByRole('region', { name });
const stand = () => eventually(() => page.getByRole('application').count()).toBe(4);

/** Records every state of the player: what its button does, and the step that is shown. */
function recordPlay(on: Page) {
  return on.evaluateHandle(() => {
    const stateNow = () => {
      const named = (tag: string, name: RegExp) =>
        [...document.querySelectorAll(tag)].find(({ textContent }) =>
          name.test(textContent.trim()),
        );
      const button = named('button', /^(Play|Pause)$/)?.textContent.trim();
      const slider = (named('label', /^Step$/) as HTMLLabelElement).control as HTMLInputElement;
      return `${button} ${slider.value}`;
    };
    const states = [stateNow()];
    const everything = { subtree: true, childList: true, attributes: true, characterData: true };
    new MutationObserver(() => {
      const state = stateNow();
      if (state !== states.at(-1)) states.push(state);
    }).observe(document.body, everything);
    return states;
  });
}

describe('one image under one attack', () => {
  it('begins with a run and an image of its set', async () => {
    await goTo(page, '/attack-lab');
    await choose(page, page.getByRole('button', { name: 'Run', exact: true }), /^CBA-FAPT/);
    await page.keyboard.press('i');
    const dialog = page.getByRole('dialog', { name: 'Choose an image' });
    await dialog.getByLabel('Letters of the path').fill('class1/test-0');
    await eventually(() => dialog.getByRole('img').count()).toBe(1);
    await dialog
      .getByRole('button')
      .filter({ has: page.getByRole('img') })
      .click();
    await stand();
    expect(await page.locator('main').textContent()).toMatch(
      /class1\/test-0\.png, PGD-3 \(ce\), eps 8\/255, step 8\/255, 1 restart, n = 1, seed 1/,
    );
  });

  it('moves numbers, image and maps with the step, by slider and by key', async () => {
    const answer = await numbers().textContent();
    await page.getByLabel('Step', { exact: true }).fill('0');
    await eventually(() => numbers().textContent()).not.toBe(answer);
    await eventually(() => page.locator('main').textContent()).toMatch(/step 0, seed 1/);
    const start = await numbers().textContent();
    await page.keyboard.press('Escape');
    await page.keyboard.press('.');
    await eventually(() => numbers().textContent()).not.toBe(start);
    await eventually(() => page.locator('main').textContent()).toMatch(/step 1, seed 1/);
  });

  it('plays nothing by itself where less motion is wished, and plays where not', async () => {
    expect(await page.getByRole('button', { name: 'Play' }).count()).toBe(0);
    const address = app.address + page.url().slice(page.url().indexOf('#'));
    const { page: other } = await openPage(browser, address, { motion: 'no-preference' });
    const play = other.getByRole('button', { name: 'Play' });
    await play.waitFor(WORK);
    const seen = await recordPlay(other);
    await play.click();
    // From the start to the answer, which comes behind the third step; then it rests.
    await eventually(() => seen.jsonValue()).toEqual([
      'Play 4',
      'Pause 0',
      'Pause 1',
      'Pause 2',
      'Pause 3',
      'Pause 4',
      'Play 4',
    ]);
    await other.context().close();
  });

  it('is attacked otherwise: other steps, another attack', async () => {
    await page.getByLabel('Steps', { exact: true }).fill('5');
    await page.getByRole('button', { name: 'Attack', exact: true }).click();
    await eventually(() => page.locator('main').textContent()).toMatch(/PGD-5 \(ce\)/);
    await choose(page, page.getByRole('combobox', { name: 'Attack', exact: true }), /^Square/);
    await page.getByRole('button', { name: 'Attack', exact: true }).click();
    await page.getByText(/does not climb step by step/).waitFor(WORK);
    await page.getByRole('button', { name: 'As measured' }).click();
    await eventually(() => page.locator('main').textContent()).toMatch(/PGD-3 \(ce\)/);
    await stand();
  });
});

describe('an attack that takes long', () => {
  it('shows how far it is, is cancelled, and can be begun again', async () => {
    await page.getByLabel('Steps', { exact: true }).fill('50000');
    await page.getByRole('button', { name: 'Attack', exact: true }).click();
    await page.getByRole('progressbar').first().waitFor();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await eventually(() => page.getByRole('progressbar').count()).toBe(0);
    expect(await page.getByRole('alert').count()).toBe(0);
    await page.getByRole('button', { name: 'As measured' }).click();
    await stand();
    await eventually(() => page.locator('main').textContent()).toMatch(/PGD-3 \(ce\)/);
  });
});

describe('experiments', () => {
  it('find the size at which the image falls', async () => {
    const sweep = panel('Size of the attack');
    await sweep.getByLabel(/^Sizes/).fill('0, 8, two');
    await sweep.getByText(/^Numbers from 0 up/).waitFor();
    expect(await sweep.getByRole('button', { name: /^Start/ }).isDisabled()).toBe(true);
    await sweep.getByLabel(/^Sizes/).fill('0, 4, 8, 64');
    await sweep.getByRole('button', { name: /^Start/ }).click();
    await eventually(() => sweep.getByRole('row').count()).toBe(5);
    expect(await sweep.textContent()).toMatch(/PGD-3 \(ce\), eps 8\/255/);
    expect(await sweep.getByRole('row').nth(2).textContent()).toMatch(/^4\/255/);
  });

  it('hold the attack against random noise, and check it', async () => {
    const noise = panel('Random noise');
    await noise.getByLabel('Draws').fill('20');
    await noise.getByRole('button', { name: /^Start/ }).click();
    await noise.getByText(/of 20 draws fool it .*uniform noise, eps 8\/255, n = 20/).waitFor(WORK);
    const sanity = panel('Is the attack sound?');
    await sanity.getByRole('button', { name: /^Start/ }).click();
    await eventually(() => sanity.getByRole('listitem').count()).toBeGreaterThan(5);
  });

  it('break no rule of axe-core', async () => {
    expect(await violationsOf(page)).toEqual([]);
  });
});

describe('a picture from a file', () => {
  it('is attacked away from what the run takes it for, or from its class', async () => {
    const buffer = await sharp({
      create: { width: 60, height: 120, channels: 3, background: '#888' },
    })
      .png()
      .toBuffer();
    await page
      .locator('input[type=file]')
      .setInputFiles({ name: 'tall.png', mimeType: 'image/png', buffer });
    await eventually(() => page.locator('main').textContent()).toMatch(/tall\.png, PGD-3/);
    await stand();
    await page.getByRole('switch', { name: 'Whole picture' }).click();
    expect(await page.locator('main').textContent()).toContain('margin of the clean prediction');
    await page.getByRole('button', { name: 'Its class' }).click();
    await page.getByRole('option').nth(2).click();
    await stand();
    await eventually(() => page.locator('main').textContent()).toContain(
      'margin of the given class',
    );
    expect(await page.locator('main').textContent()).not.toMatch(/NaN/);
    await page.getByRole('switch', { name: 'Whole picture' }).click();
  });

  it('that is no picture is an error, said where it was chosen', async () => {
    const buffer = Buffer.from('not a picture');
    await page
      .locator('input[type=file]')
      .setInputFiles({ name: 'x.png', mimeType: 'image/png', buffer });
    await page.getByRole('alert').first().waitFor();
    expect(await page.getByRole('alert').first().textContent()).toContain('x.png');
  });
});

describe('for everybody', () => {
  it('stands in the dark theme and in Chinese', async () => {
    const other = await openPage(browser, app.address, { theme: 'dark', locale: 'zh-CN' });
    await other.page.goto(app.address + page.url().slice(page.url().indexOf('#')));
    await eventually(() => other.page.locator('main h1').textContent()).toBe('攻击实验室');
    await other.page.getByText('从数据集').waitFor();
    expect(await violationsOf(other.page)).toEqual([]);
    expect(other.errors).toEqual([]);
    await other.page.context().close();
  });

  it('without one error in the console, or one call to another machine', () => {
    expect(watched.errors).toEqual([]);
    expect(watched.strangers).toEqual([]);
  });
});
