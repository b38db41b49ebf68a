import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32, deflateSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { launchBrowser } from '../tests/e2e/browser.ts';
import { serveApp } from '../tests/e2e/served-app.ts';
import { goTo, openPage } from '../tests/e2e/watched-page.ts';
import { fapt } from '../tests/e2e/workspace-with-runs.ts';

/**
 * `node bench/grid.ts [IMAGES]`: how smoothly a dataset's images scroll, 50,000 small pictures unless
 * another number is given. In Chromium, on this machine: times between frames while the grid is scrolled,
 * first with no thumbnail made, then with those of the first round on the disk; and how long the pictures
 * in view take after a jump. Milliseconds.
 */
const IMAGES = Number(process.argv[2] ?? 50_000);
const CLASSES = 100;
const SIDE = 48;
const FRAMES = 400;
/** A fast flick of a wheel: 18,000 pixels a second. */
const PIXELS_A_FRAME = 300;
const JUMPS = 8;

const app = await serveApp({
  prepare: async (workspace, env, folder) => {
    const data = join(folder, 'grid');
    await writePictures(data);
    await fapt(workspace, env, 'dataset', 'add', data, '--read', 'later');
  },
});
const browser = await launchBrowser();
try {
  for (const round of ['no thumbnail made', 'thumbnails on the disk']) {
    const { page } = await openPage(browser, app.address);
    await goTo(page, '/datasets/grid');
    await page
      .getByRole('region', { name: 'Images', exact: true })
      .locator('img')
      .first()
      .waitFor();
    report(`frames while scrolling, ${round}`, await timeFrames(page));
    report(`pictures in view after a jump, ${round}`, await timeJumps(page));
    await page.context().close();
  }
} finally {
  await browser.close();
  await app.close();
}

/** Class folders of pictures of which no two are the same. */
async function writePictures(folder: string): Promise<void> {
  const perClass = Math.ceil(IMAGES / CLASSES);
  for (let label = 0; label < CLASSES; label += 1) {
    const target = join(folder, 'train', `class${String(label).padStart(3, '0')}`);
    await mkdir(target, { recursive: true });
    for (let index = 0; index < perClass; index += 1) {
      await writeFile(join(target, `${index}.png`), picture(label * perClass + index));
    }
  }
}

/** A PNG of a gradient and a square, both told by its number. */
function picture(number: number): Buffer {
  const row = 1 + 3 * SIDE;
  const pixels = Buffer.alloc(row * SIDE);
  for (let y = 0; y < SIDE; y += 1) {
    for (let x = 0; x < SIDE; x += 1) {
      const isInside = x > number % 40 && x < (number % 40) + 12 && y > (number >> 6) % 40;
      const color = isInside ? [255, number & 255, 0] : [4 * x, 4 * y, (number >> 8) & 255];
      pixels.set(color, y * row + 1 + 3 * x);
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(SIDE, 0);
  header.writeUInt32BE(SIDE, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const data = deflateSync(pixels, { level: 1 });
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', data), chunk('IEND')]);
}

function chunk(type: string, data: Buffer = Buffer.alloc(0)): Buffer {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const ends = Buffer.alloc(8);
  ends.writeUInt32BE(data.length, 0);
  ends.writeUInt32BE(crc32(named), 4);
  return Buffer.concat([ends.subarray(0, 4), named, ends.subarray(4)]);
}

/** Times between frames while the grid is scrolled without a stop. */
function timeFrames(page: Page): Promise<number[]> {
  return page.getByRole('region', { name: 'Images', exact: true }).evaluate(
    (grid, { frames, pixels }) =>
      new Promise<number[]>((resolve) => {
        const times: number[] = [];
        let before = performance.now();
        const step = (now: number) => {
          times.push(now - before);
          before = now;
          grid.scrollTop += pixels;
          if (times.length <= frames) requestAnimationFrame(step);
          // The first belongs to what was there before.
          else resolve(times.slice(1));
        };
        requestAnimationFrame(step);
      }),
    { frames: FRAMES, pixels: PIXELS_A_FRAME },
  );
}

/** From a jump to somewhere until every tile in view shows its picture. */
async function timeJumps(page: Page): Promise<number[]> {
  const grid = page.getByRole('region', { name: 'Images', exact: true });
  const times: number[] = [];
  for (let jump = 1; jump <= JUMPS; jump += 1) {
    const started = performance.now();
    await grid.evaluate(
      (element, part) => {
        element.scrollTop = element.scrollHeight * part;
      },
      jump / (JUMPS + 1),
    );
    await page.waitForFunction(() => {
      const scroller = document.querySelector('[role=region][aria-label=Images]') as HTMLElement;
      const { top, bottom } = scroller.getBoundingClientRect();
      const tiles = [...scroller.querySelectorAll('figure')].filter((tile) => {
        const at = tile.getBoundingClientRect();
        return at.bottom > top && at.top < bottom;
      });
      return tiles.length > 20 && tiles.every((tile) => tile.querySelector('img'));
    });
    times.push(performance.now() - started);
  }
  return times;
}

function report(name: string, times: number[]): void {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number) => Math.round(sorted[Math.floor((sorted.length - 1) * share)] ?? 0);
  console.log(`${name}: median ${at(0.5)}, 95 % ${at(0.95)}, worst ${at(1)} ms (${times.length})`);
}
