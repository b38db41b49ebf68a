import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

type Axe = {
  run(): Promise<{ violations: { id: string; nodes: { html: string; any: Check[] }[] }[] }>;
};
type Check = { message: string };

/** What axe-core's default rules, all of them, find wrong on a page: rule, element and why. */
export async function violationsOf(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  await settled(page);
  const { violations } = await page.evaluate(() =>
    (globalThis as unknown as { axe: Axe }).axe.run(),
  );
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, any }) => `${id}: ${html.slice(0, 200)} (${any[0]?.message ?? ''})`),
  );
}

/** The same in the light theme and in the dark one, for a page that follows the system. */
export async function violationsInBothThemes(page: Page): Promise<string[]> {
  const light = await violationsOf(page);
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.locator('html.dark').waitFor();
  const dark = await violationsOf(page);
  await page.emulateMedia({ colorScheme: 'light' });
  await page.locator('html:not(.dark)').waitFor();
  return [...light, ...dark];
}

/**
 * Transitions are short here, but colours half way are no theme's. They pass on from parent to child,
 * so one frame must go by without any; a spinner never ends, and is not waited for.
 */
async function settled(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const frame = () => new Promise((done) => requestAnimationFrame(done));
    const isMoving = () =>
      document
        .getAnimations()
        .some(
          ({ playState, effect }) =>
            playState === 'running' && effect?.getComputedTiming().endTime !== Infinity,
        );
    do await frame();
    while (isMoving());
  });
}
