import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';
import { launchBrowser } from './browser.ts';
import { type ServedApp, type ServedAppOptions, serveApp } from './served-app.ts';
import { openPage, type WatchedPage } from './watched-page.ts';

export type ServedPage = { browser: Browser; app: ServedApp; watched: WatchedPage; page: Page };

/**
 * The application served to one page of a browser for all tests of a file, closed behind them.
 * @param ready receives them before the first test
 */
export function servedPage(
  ready: (served: ServedPage) => unknown,
  options?: ServedAppOptions,
): void {
  let browser: Browser | undefined;
  let app: ServedApp | undefined;
  beforeAll(async () => {
    browser = await launchBrowser();
    app = await serveApp(options);
    const watched = await openPage(browser, app.address);
    await ready({ browser, app, watched, page: watched.page });
  });
  afterAll(async () => {
    await browser?.close();
    await app?.close();
  });
}
