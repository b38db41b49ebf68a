import { spawnSync } from 'node:child_process';
import { existsSync, globSync } from 'node:fs';
import { cp, mkdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { METHODS } from '../src/shared/method-catalogue.ts';
import { ask } from '../tests/e2e/ask.ts';
import { launchBrowser } from '../tests/e2e/browser.ts';
import { addressOf } from '../tests/e2e/served-app.ts';
import { goTo, openPage } from '../tests/e2e/watched-page.ts';
import { startCli } from '../tests/main/hosts/run-cli.ts';

/**
 * `node scripts/screenshots.ts [NAME...]`: pictures of every screen in both themes, in
 * docs/screenshots. The workspace holds real runs on the demo pack, short ones. It is kept in the
 * temporary folder, with a copy of the pack, so that only the first call trains (some minutes) and
 * no path of a person's machine is in a picture.
 */
const root = join(import.meta.dirname, '..');
const pictures = join(tmpdir(), 'fapt-pictures');
const workspace = join(pictures, 'workspace');
const resources = join(pictures, 'resources');
const out = join(root, 'docs', 'screenshots');

type Shot = { name: string; path: string; prepare?: (page: Page) => Promise<unknown> };

function fapt(...args: string[]): string {
  const cli = join(root, 'src', 'main', 'hosts', 'cli.ts');
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...args], {
    env: { ...process.env, FAPT_WORKSPACE: workspace, FAPT_RESOURCES: resources },
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
  return stdout;
}

/** Zero-shot, FAP and CBA-FAPT on the demo, few epochs: enough that every screen has data. */
function makeRuns(): void {
  const common = ['--dataset', 'demo-mammals', '--model', 'demo-clip', '--steps', '10'];
  fapt('run', '--method', 'zero-shot', ...common, '--eps', '2/255', '--subset', '45');
  for (const method of ['fap', 'cba-fapt']) {
    for (const seed of ['1', '2']) {
      const settings = ['--set', 'epochs=4', '--set', 'attack.epsilon=2/255'];
      const few = ['--shots', '4', '--seed', seed, '--subset', '45'];
      fapt('run', '--method', method, ...common, ...few, ...settings);
    }
  }
  fapt('dataset', 'show', 'demo-food');
}

function newestRun(method: string): string {
  const { runs } = JSON.parse(fapt('runs', '--json')) as {
    runs: { id: string; method: string; status: string }[];
  };
  const found = runs.find((run) => run.method === method && run.status === 'finished');
  if (!found) throw new Error(`The workspace ${workspace} has no run of ${method}: remove it.`);
  return found.id;
}

const tab = (name: string) => (page: Page) => page.getByRole('tab', { name }).click();

function shots(run: string): Shot[] {
  return [
    { name: 'home', path: '/' },
    { name: 'first-run', path: '/first-run' },
    { name: 'train', path: '/train' },
    {
      name: 'train-loss',
      path: '/train',
      prepare: async (page) => {
        await page.getByRole('radio', { name: 'Loss' }).click();
        const alpha = page.getByRole('spinbutton', { name: 'alpha: weight of CE(adversarial)' });
        await alpha.fill('3');
        await alpha.focus();
        await alpha.evaluate((field) => field.scrollIntoView({ block: 'center' }));
      },
    },
    { name: 'runs', path: '/runs' },
    {
      name: 'runs-grouped',
      path: '/runs',
      prepare: (page) => page.getByRole('switch', { name: 'All but seed' }).click(),
    },
    { name: 'run-results', path: `/runs/${run}`, prepare: tab('Results') },
    { name: 'run-training', path: `/runs/${run}`, prepare: tab('Training') },
    { name: 'run-prompts', path: `/runs/${run}`, prepare: promptsOf },
    { name: 'run-config', path: `/runs/${run}`, prepare: tab('Configuration') },
    { name: 'run-try', path: `/runs/${run}`, prepare: tryImages },
    { name: 'run-notes', path: `/runs/${run}`, prepare: tab('Notes') },
    { name: 'results', path: '/results' },
    { name: 'datasets', path: '/datasets' },
    { name: 'dataset-images', path: '/datasets/demo-mammals' },
    {
      name: 'dataset-classes',
      path: '/datasets/demo-mammals',
      prepare: async (page) => {
        await tab('Classes and prompts')(page);
        await page.locator('table[aria-busy=false] td', { hasText: 'of 32' }).first().waitFor();
      },
    },
    { name: 'dataset-few-shot', path: '/datasets/demo-mammals', prepare: tab('Few-shot images') },
    {
      name: 'dataset-import',
      path: '/datasets',
      prepare: async (page) => {
        await page.getByRole('button', { name: 'Import a dataset' }).first().click();
        const source = join(resources, 'demo/datasets/demo-food/split.json');
        await page.getByLabel('Folder or file').fill(source);
        await page.getByRole('button', { name: 'Check' }).click();
        await page.getByTestId('import-report').waitFor();
      },
    },
    { name: 'models', path: '/models' },
    { name: 'model', path: '/models/demo-clip' },
    { name: 'settings', path: '/settings' },
    { name: 'diagnostics', path: '/settings', prepare: tab('Diagnostics') },
    { name: 'compare', path: '/compare' },
    ...['statistics', 'classes', 'images', 'curves'].map((name) => ({
      name: `compare-${name}`,
      path: `/compare?a=${newestRun('fap')}&b=${run}&tab=${name}`,
      prepare: (page: Page) => page.waitForTimeout(2000),
    })),
    {
      name: 'compare-attribution',
      path: `/compare?a=${newestRun('fap')}&b=${run}&tab=attribution&image=${IMAGE}`,
      prepare: mapsOf(8),
    },
    { name: 'attack-lab', path: `/attack-lab?run=${run}&image=${IMAGE}`, prepare: mapsOf(4) },
    {
      name: 'command-palette',
      path: '/',
      prepare: (page) => page.keyboard.press('Control+k'),
    },
    { name: 'shortcuts', path: '/', prepare: (page) => page.keyboard.press('?') },
  ];
}

/** A training that outlasts the pictures, and two that wait behind it. */
async function queueWork(address: string): Promise<string> {
  const queued = [];
  for (const [method, seed] of [
    ['cba-fapt', 7],
    ['fap', 7],
    ['fap', 8],
  ] as const) {
    const identity = { dataset: 'demo-mammals', model: 'demo-clip', shots: 16, seed };
    const config = { ...METHODS[method].defaults, ...identity, method, epochs: 60 };
    queued.push(await ask(address, async (api) => (await api.runs.create({ config })).run));
  }
  return queued[0] ?? '';
}

/** Work in progress, taken last: curves have grown by then. */
function liveShots(run: string): Shot[] {
  const watched = (page: Page) =>
    page
      .getByTestId('terms')
      .waitFor({ timeout: 120_000 })
      .then(() => page.waitForTimeout(20_000));
  return [
    { name: 'run-live', path: `/runs/${run}`, prepare: watched },
    { name: 'queue', path: '/queue' },
  ];
}

async function promptsOf(page: Page): Promise<void> {
  await tab('Prompts')(page);
  await page.getByTestId('prompts').waitFor();
}

async function tryImages(page: Page): Promise<void> {
  await tab('Try it')(page);
  const folder = join(root, 'resources/demo/datasets/demo-mammals/images');
  const files = globSync('*/*_test*.webp', { cwd: folder }).sort();
  const some = files.filter((_, index) => index % 60 === 0).slice(0, 6);
  await page.locator('input[type=file]').setInputFiles(some.map((file) => join(folder, file)));
  await page.getByTestId('predictions').waitFor();
}

/** A test image of the demo. */
const IMAGE = 'bear/emojione_1f43b_test02.webp';

/** Waits until so many maps are there. */
function mapsOf(count: number) {
  return async (page: Page): Promise<void> => {
    const maps = page.getByRole('application');
    await maps.nth(count - 1).waitFor({ timeout: 120_000 });
    await maps.first().focus();
    await page.keyboard.press('ArrowRight');
  };
}

/** Waits until every picture of a grid is there. */
async function thumbnailsOf(page: Page): Promise<void> {
  await page.waitForFunction(() =>
    [...document.querySelectorAll('figure > div')].every((tile) =>
      tile.querySelector('img, canvas'),
    ),
  );
}

async function main(): Promise<void> {
  const wanted = process.argv.slice(2);
  await mkdir(out, { recursive: true });
  if (!existsSync(resources)) await cp(join(root, 'resources'), resources, { recursive: true });
  if (!existsSync(join(workspace, 'fapt.sqlite'))) makeRuns();
  const run = newestRun('cba-fapt');
  // What the pictures leave behind, waiting runs among it, is not in the next ones.
  const copy = join(pictures, 'shown');
  await rm(copy, { recursive: true, force: true });
  await cp(workspace, copy, { recursive: true });
  const served = startCli(copy, ['serve', '--json'], { FAPT_RESOURCES: resources });
  const browser = await launchBrowser();
  try {
    const address = await addressOf(served);
    const live = await queueWork(address);
    for (const theme of ['light', 'dark'] as const) {
      const { page, errors } = await openPage(browser, address, { theme, height: 860 });
      for (const { name, path, prepare } of [...shots(run), ...liveShots(live)]) {
        if (wanted.length > 0 && !wanted.includes(name)) continue;
        await page.goto('about:blank');
        await page.goto(address);
        await goTo(page, path);
        await prepare?.(page);
        await page.waitForLoadState('networkidle');
        await page.waitForTimeout(700);
        await thumbnailsOf(page);
        await page.screenshot({ path: join(out, `${name}-${theme}.png`) });
      }
      for (const error of errors) console.error(`${theme}: ${error}`);
    }
  } finally {
    await browser.close();
    served.child.kill('SIGINT');
    await served.done;
  }
}

await main();
