import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DemoReport } from '../../../src/shared/api-demo.ts';
import { writeTinyClip } from '../fixtures/tiny-clip.ts';
import { writeTinyDataset } from '../fixtures/tiny-dataset.ts';
import { runCli } from './run-cli.ts';

let folder: string;
let out: string;
const demo = (args: string[], env: NodeJS.ProcessEnv = {}) =>
  runCli(join(folder, 'workspace'), ['demo', '--dataset', 'demo-shapes', '--out', out, ...args], {
    FAPT_RESOURCES: join(folder, 'resources'),
    ...env,
  });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fapt-demo-'));
  out = join(folder, 'report');
  const pack = join(folder, 'resources', 'demo');
  const weights = await writeTinyClip(join(pack, 'model'));
  await rename(weights, join(dirname(weights), 'model.safetensors'));
  await writeFile(join(pack, 'model', 'card.json'), JSON.stringify({ epsilon: 8 / 255 }));
  const dataset = join(pack, 'datasets', 'demo-shapes');
  await rename(await writeTinyDataset(dataset), join(dataset, 'split.json'));
  const drawings = [0, 1, 2].flatMap((label) =>
    [0, 1, 2, 3, 4, 5].map((i) => [`class${label}/test-${i}.png`, `${label}-${Math.floor(i / 2)}`]),
  );
  await writeFile(join(dataset, 'clusters.json'), JSON.stringify(Object.fromEntries(drawings)));
});
afterAll(() => rm(folder, { recursive: true }));

describe('fapt demo', () => {
  let first: DemoReport;

  it('tunes, attacks, compares, explains and writes one report', async () => {
    const result = await demo(['--json']);
    expect(result).toMatchObject({ code: 0 });
    first = result.json() as unknown as DemoReport;
    expect(first).toMatchObject({
      demo: true,
      dataset: 'demo-shapes',
      model: 'demo-clip',
      shots: 16,
      seeds: [1],
      naturalN: 18,
      n: 18,
      reused: [],
      attack: { name: 'pgd', steps: 100, epsilon: 8 / 255, stepSize: 8 / 255, subset: 100 },
    });
    expect(first.methods.map(({ method }) => method)).toEqual(['zero-shot', 'fap', 'cba-fapt']);
    const pairs = first.comparisons.map(({ aTitle, bTitle }) => [aTitle, bTitle]);
    expect(pairs[0]).toEqual(['FAP', 'CBA-FAPT']);
    expect(pairs).toHaveLength(3);
    expect(first.comparisons[0]?.natural.bootstrap).toMatchObject({ clusters: 9 });
    for (const { robust, natural } of first.methods)
      expect(robust.mean).toBeLessThanOrEqual(natural.mean);
    expect(JSON.parse(await readFile(join(out, 'demo.json'), 'utf8'))).toEqual(first);
    const html = await readFile(join(out, 'report.html'), 'utf8');
    expect(html.match(/<article class="image">/g)).toHaveLength(6);
    expect(html.match(/data:image\/png;base64,/g)).toHaveLength(6 * 2 * 2 * 2);
    // Pieces of a word are one.
    expect(html).toMatch(/<span>of<\/span>.*<span>a<\/span>/);
    expect(html).toContain('Images come in clusters');
    expect(html).toContain('These are demo numbers');
  });

  it('uses finished runs again and says so, adds seeds, and gives mean and deviation', async () => {
    const result = await demo(['--seeds', '1,2', '--json']);
    const second = result.json() as unknown as DemoReport;
    const firstIds = first.methods.flatMap(({ runs }) => runs.map(({ id }) => id));
    expect(second.reused.toSorted()).toEqual(firstIds.toSorted());
    expect(result.stderr).toMatch(/has the same settings and is used again/);
    const [zeroShot] = second.methods;
    expect(zeroShot?.runs).toHaveLength(2);
    expect(zeroShot?.natural).toMatchObject({ n: 2, std: 0 });
    expect(second.comparisons).toHaveLength(6);
    const again = await demo(['--seeds', '1,2']);
    expect(again.stdout).toMatch(/natural accuracy \(n = 18\)\s+robust accuracy \(n = 18\)/);
    expect(again.stdout).toMatch(/PGD-100 \(ce\), eps 8\/255/);
    expect(again.stdout).toMatch(/% +\S* *\+- /);
  });

  it('says on WebAssembly how long it takes, and starts only with --yes', async () => {
    const result = await demo(['--fresh', '--out', join(folder, 'other')], {
      FAPT_BACKEND: 'wasm',
    });
    expect(result.code).toBe(2);
    expect(result.stderr).toMatch(/will take about \d+ (s|min|h)/);
    expect(result.stderr).toMatch(/--yes/);
    expect(existsSync(join(folder, 'other'))).toBe(false);
  });
});
