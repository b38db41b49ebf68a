import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterEach } from 'vitest';

/** Says what the window looked like when a test failed. */
export function picturesOfFailures(page: () => Page | undefined): void {
  afterEach(async ({ task }) => {
    if (task.result?.state !== 'fail') return;
    const path = join(tmpdir(), `fapt-e2e-${task.id}.png`);
    await page()?.screenshot({ path });
    console.error(`${task.name}: see ${path}`);
  });
}
