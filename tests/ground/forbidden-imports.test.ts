import { spawnSync } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';

/** Each case becomes a file of a scratch project that has our linter's configuration. */
const forbidden = [
  ['src/renderer/app.ts', '../engine/clip/tower.ts'],
  ['src/renderer/app.ts', '../main/store/database.ts'],
  ['src/renderer/app.ts', 'node:fs'],
  ['src/renderer/views/MainView.vue', '../../engine/clip/tower.ts'],
  ['src/renderer/views/MainView.vue', '../../main/store/database.ts'],
  ['src/engine/clip/tower.ts', '../../main/store/database.ts'],
  ['src/engine/clip/tower.ts', '../../renderer/app.ts'],
  ['src/engine/clip/tower.ts', '@tensorflow/tfjs-node-gpu'],
  ['src/engine/process.ts', '../main/store/database.ts'],
  ['src/engine/backend/start-backend.ts', '../../main/store/database.ts'],
  ['src/main/api/app.ts', '../../renderer/app.ts'],
  ['src/main/api/app.ts', '../../engine/clip/tower.ts'],
  ['src/main/api/app.ts', '../../engine/images/image-loader.ts'],
  ['src/main/hosts/cli/cli.ts', '../../../engine/clip/tower.ts'],
  ['src/shared/errors.ts', '../engine/clip/tower.ts'],
  ['src/shared/errors.ts', '../main/store/database.ts'],
  ['src/preload/index.ts', '../main/store/database.ts'],
];

const allowed = [
  ['src/renderer/views/MainView.vue', '../../shared/errors.ts'],
  ['src/renderer/app.ts', 'vue'],
  ['src/engine/clip/tower.ts', '../../shared/errors.ts'],
  ['src/engine/clip/tower.ts', '@tensorflow/tfjs-core'],
  ['src/engine/backend/start-backend.ts', '@tensorflow/tfjs-backend-wasm'],
  ['src/main/api/app.ts', '../engine/start-engine.ts'],
  ['src/main/api/app.ts', '../../engine/backend/node-binary.ts'],
  ['src/main/engine/client.ts', '../../engine/service/functions.ts'],
  ['src/main/datasets/thumbnail.ts', '../../engine/images/decode-picture.ts'],
  ['src/main/api/app.ts', '../../engine/images/framing.ts'],
  ['src/main/hosts/cli/cli.ts', '../../engine/start-engine.ts'],
  ['src/shared/engine-contract.ts', './results.ts'],
];

const repository = fileURLToPath(new URL('../../', import.meta.url));
let root: string;
let report: string;

/** `src/main/api/app.ts` of case 7 becomes `src/main/api/case-7-app.ts`. */
function fileOf(path: string, index: number): string {
  return join(dirname(path), `case-${index}-${path.split('/').at(-1)}`);
}

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'fapt-lint-'));
  await copyFile(join(repository, 'biome.json'), join(root, 'biome.json'));
  for (const [index, [path, specifier]] of [...forbidden, ...allowed].entries()) {
    const script = `import { x } from '${specifier}';\n\nconsole.log(x);\n`;
    const isVue = path?.endsWith('.vue');
    const file = join(root, fileOf(path ?? '', index));
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, isVue ? `<script setup lang="ts">\n${script}</script>\n` : script);
  }
  const biome = join(repository, 'node_modules', '.bin', 'biome');
  const args = [
    'lint',
    '--vcs-enabled=false',
    '--max-diagnostics=none',
    '--reporter=github',
    'src',
  ];
  const run = spawnSync(biome, args, { cwd: root, encoding: 'utf8' });
  report = run.stdout;
});

afterAll(() => rm(root, { recursive: true, force: true }));

function isRefused(path: string, index: number): boolean {
  const lines = report.split('\n').filter((line) => line.includes(fileOf(path, index)));
  return lines.some((line) => line.includes('noRestrictedImports'));
}

const listed = (pairs: string[][], start: number) =>
  pairs.map(([path = '', specifier], i) => ({ path, specifier, index: start + i }));

it.each(listed(forbidden, 0))('$path may not import $specifier', ({ path, index }) => {
  expect(isRefused(path, index)).toBe(true);
});

it.each(listed(allowed, forbidden.length))('$path may import $specifier', ({ path, index }) => {
  expect(isRefused(path, index)).toBe(false);
});
