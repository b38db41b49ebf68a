import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { picturesOfFailures } from './picture-of-failure.ts';
import { servedPage } from './served-page.ts';
import { violationsOf } from './violations.ts';
import { goTo, WORK } from './watched-page.ts';
import { addRuns } from './workspace-with-runs.ts';

let page: Page;
let folder: string;
servedPage(
  (served) => {
    ({ page } = served);
  },
  { prepare: addRuns },
);
picturesOfFailures(() => page);
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fapt-e2e-export-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** The file that a press hands over. */
async function downloaded(press: () => Promise<void>): Promise<{ name: string; bytes: Buffer }> {
  const [download] = await Promise.all([page.waitForEvent('download', WORK), press()]);
  const name = download.suggestedFilename();
  const file = join(folder, name);
  await download.saveAs(file);
  return { name, bytes: await readFile(file) };
}

/** Messages that stay until they are closed lie over what is pressed next. */
async function closeMessages(): Promise<void> {
  const close = page.getByRole('button', { name: 'Close', exact: true });
  const left = async () => {
    // One that goes by itself in this moment is no longer there to be pressed.
    if ((await close.count()) > 0) await close.first().click({ timeout: 2000 });
    return close.count();
  };
  await expect.poll(left).toBe(0);
}

const item = (name: string) => page.getByRole('menuitem', { name, exact: true });

async function chooseBothRuns(): Promise<void> {
  await goTo(page, '/runs');
  const boxes = page.getByRole('checkbox', { name: /^Select run/ });
  await expect.poll(() => boxes.count()).toBe(2);
  for (const at of [0, 1]) await boxes.nth(at).check();
  await page.getByText('2 selected').waitFor();
}

describe('from two finished runs to a paper', () => {
  it('a LaTeX table of both, by keyboard', async () => {
    await chooseBothRuns();
    expect(await violationsOf(page)).toEqual([]);
    await page.getByRole('button', { name: 'Export', exact: true }).focus();
    await page.keyboard.press('Enter');
    await item('Accuracies over seeds').waitFor();
    expect(await violationsOf(page)).toEqual([]);
    const { name, bytes } = await downloaded(async () => {
      await item('Accuracies over seeds').press('ArrowRight');
      // The menu that opens takes the focus; from there the arrows lead on.
      const first = page.getByRole('menu').last().getByRole('menuitem').first();
      await first.and(page.locator(':focus')).waitFor();
      await item('LaTeX (booktabs)').press('Enter');
    });
    expect(name).toBe('accuracies.tex');
    const text = bytes.toString();
    expect(text).toMatch(/\\toprule[\s\S]*CBA-FAPT &[\s\S]* FAP &[\s\S]*\\bottomrule/);
    expect(text).toContain('PGD-3 (ce), eps 8/255');
    expect(text).toContain("not the paper's numbers");
  });

  it('the BibTeX of their methods', async () => {
    await page.getByRole('button', { name: 'Export', exact: true }).click();
    const { name, bytes } = await downloaded(() => item('BibTeX of the methods').click());
    expect(name).toBe('methods.bib');
    expect(bytes.toString().match(/^@/gm)).toHaveLength(3);
  });

  it('no opening figure where no image tells the two apart, and a sentence that says so', async () => {
    await page.getByRole('button', { name: 'Export', exact: true }).click();
    await item('Opening figure: maps and accuracies').hover();
    await item('SVG').click();
    await page.getByText('No image tells the two apart', { exact: true }).waitFor(WORK);
  });

  it('the comparison of both as a page, with its progress', async () => {
    await page.getByRole('button', { name: 'Compare', exact: true }).click();
    const report = page.getByRole('button', { name: 'Report (HTML)', exact: true });
    const { name, bytes } = await downloaded(() => report.click());
    expect(name).toBe('comparison.html');
    expect(bytes.toString()).toMatch(/<h1>(CBA-FAPT against FAP|FAP against CBA-FAPT) on demo/);
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  });

  it('a chart of the comparison as a PDF over both columns', async () => {
    await page
      .getByRole('button', { name: /^Export figure/ })
      .first()
      .click();
    const { bytes } = await downloaded(() => item('PDF, full width (6.75 in)').click());
    expect(bytes.toString('latin1')).toContain('/MediaBox [0 0 486 ');
  });

  it('adversarial images of a run, and its curves as a PDF one column wide', async () => {
    await goTo(page, '/runs');
    await page.getByRole('table').getByRole('link', { name: 'CBA-FAPT', exact: true }).click();
    await page.getByRole('tab', { name: 'Training' }).waitFor();
    await page.getByRole('button', { name: 'Export', exact: true }).first().click();
    await item('Adversarial images (zip)').hover();
    const images = await downloaded(() => item('NumPy and PNG').click());
    expect(images.bytes.toString('latin1', 0, 2)).toBe('PK');
    await page
      .getByText(/after rounding to 8 bits; \d+ of the \d+ fooled ones stay fooled/)
      .first()
      .waitFor();
    await closeMessages();
    await page.getByRole('tab', { name: 'Training' }).click();
    await page.getByRole('button', { name: 'Export figure: Loss terms, weighted' }).click();
    const { name, bytes } = await downloaded(() => item('PDF, one column (3.25 in)').click());
    expect(name).toMatch(/\.pdf$/);
    const text = bytes.toString('latin1');
    expect(text).toMatch(/^%PDF-1/);
    expect(text).toContain('/MediaBox [0 0 234 ');
    expect(text).toMatch(/\+DejaVuSans\b/);
  });
});
