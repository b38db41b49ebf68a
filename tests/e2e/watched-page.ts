import type { Browser, Page } from 'playwright-core';

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
};

/** Opens an address in a window of its own. */
export async function openPage(
  browser: Browser,
  address: string,
  { theme = 'light', locale = 'en', width = 1280, height = 800 }: PageOptions = {},
): Promise<WatchedPage> {
  const context = await browser.newContext({
    colorScheme: theme,
    locale,
    viewport: { width, height },
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
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

/** Goes to a screen by its address behind the hash, and waits for its heading. */
export async function goTo(page: Page, path: string): Promise<void> {
  await page.evaluate((hash) => {
    location.hash = hash;
  }, `#${path}`);
  await page.locator('main h1').first().waitFor();
}
