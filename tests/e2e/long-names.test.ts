import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { picture } from '../main/datasets/make-dataset.ts';
import { servedPage } from './served-page.ts';
import { goTo } from './watched-page.ts';
import { fapt } from './workspace-with-runs.ts';

const LONG = `one_word_without_a_place_to_break_${'x'.repeat(90)}`;
let page: Page;

servedPage(
  (served) => {
    ({ page } = served);
  },
  {
    prepare: async (workspace, env, folder) => {
      for (const name of [LONG, 'cat']) {
        await mkdir(join(folder, LONG, name), { recursive: true });
        for (const i of [0, 1, 2]) {
          await writeFile(join(folder, LONG, name, `${i}.png`), await picture('png', 32));
        }
      }
      await fapt(workspace, env, 'dataset', 'add', join(folder, LONG));
    },
  },
);

/** By how many pixels the page and its tables are wider than their place. */
function overflows(): Promise<number[]> {
  return page.evaluate(() =>
    ['main', 'main table'].flatMap((selector) =>
      [...document.querySelectorAll(selector)].map((element) => {
        const place = element.tagName === 'TABLE' ? element.parentElement : element;
        return place ? place.scrollWidth - place.clientWidth : 0;
      }),
    ),
  );
}

it.each([
  ['/datasets', 'link'],
  [`/datasets/${LONG}`, 'heading'],
  ['/train', 'combobox'],
] as const)(
  '%s: a long name without a place to break is broken or cut, not the page',
  async (path, role) => {
    await page.setViewportSize({ width: 1000, height: 700 });
    await goTo(page, path);
    await page.locator('main').getByRole(role).filter({ hasText: LONG }).first().waitFor();
    expect(Math.max(...(await overflows()))).toBe(0);
  },
);

it('names of classes are broken too', async () => {
  await goTo(page, `/datasets/${LONG}`);
  await page.getByRole('tab', { name: 'Classes and prompts' }).click();
  const name = page.getByRole('rowheader').filter({ hasText: LONG });
  await name.waitFor();
  expect(await name.evaluate((cell) => cell.scrollWidth - cell.clientWidth)).toBe(0);
});

it('tabs keep their words at 200 % zoom', async () => {
  await page.setViewportSize({ width: 640, height: 450 });
  await goTo(page, `/datasets/${LONG}`);
  const labels = page.getByRole('tab').locator('[data-slot=label]');
  await labels.first().waitFor();
  const cut = await labels.evaluateAll((all) =>
    all.filter((label) => label.scrollWidth > label.clientWidth).map((label) => label.textContent),
  );
  expect(cut).toEqual([]);
});
