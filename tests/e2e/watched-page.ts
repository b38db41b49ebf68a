import type { Browser, Locator, Page } from 'playwright-core';
import type { App } from 'vue';

/** How long a slow machine may take for what takes an instant here. */
const PATIENCE_MS = 60_000;
/** The same for work of seconds: trainings, evaluations, self-tests. */
export const WORK = { timeout: 240_000 };

/** A page, and what it did that it must not do. */
export type WatchedPage = {
  page: Page;
  /** Errors of the console, of scripts and of the content policy. */
  errors: string[];
  /** Addresses asked for that are not this machine. */
  strangers: string[];
};

export type PageOptions = {
  theme?: 'light' | 'dark';
  locale?: string;
  width?: number;
  height?: number;
  motion?: 'reduce' | 'no-preference';
};

/** Opens an address in a window of its own. */
export async function openPage(
  browser: Browser,
  address: string,
  options: PageOptions = {},
): Promise<WatchedPage> {
  const { theme = 'light', locale = 'en', motion = 'reduce' } = options;
  const { width = 1280, height = 800 } = options;
  const context = await browser.newContext({
    colorScheme: theme,
    locale,
    viewport: { width, height },
    reducedMotion: motion,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  const errors: string[] = [];
  const strangers: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') errors.push(message.text());
  });
  page.on('pageerror', (error) => errors.push(String(error)));
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (!['127.0.0.1', ''].includes(url.hostname)) strangers.push(request.url());
  });
  page.on('websocket', (socket) => {
    if (new URL(socket.url()).hostname !== '127.0.0.1') strangers.push(socket.url());
  });
  await page.goto(address);
  return { page, errors, strangers };
}

/** Goes to a screen by its address behind the hash, and waits until it stands there. */
export async function goTo(page: Page, path: string): Promise<void> {
  // The router tells when: the heading of the screen before stands until the new one is loaded.
  await page.evaluate(async (address) => {
    const app = document.querySelector('#app') as unknown as { __vue_app__: App };
    await app.__vue_app__.config.globalProperties.$router.push(address);
  }, path);
  await page.locator('main h1').first().waitFor();
}

/** Chooses from the list that a button opens; a key pressed behind this reaches the page. */
export async function choose(page: Page, opener: Locator, name: string | RegExp): Promise<void> {
  await opener.click();
  const option = page.getByRole('option', { name }).first();
  await option.click();
  await option.waitFor({ state: 'detached' });
  // A closed list gives the focus back a turn later.
  await page.evaluate(() => new Promise((done) => setTimeout(done)));
}

/** Keys that belong together, sent at once: how long an answer takes is no pause between them. */
export async function pressKeys(page: Page, ...keys: string[]): Promise<void> {
  await Promise.all(keys.map((key) => page.keyboard.press(key)));
}
