import { spawnSync } from 'node:child_process';
import { afterEach, expect, it } from 'vitest';
import { nodeBinary } from '../../../src/engine/backend/node-binary.ts';

const real = process.versions;
const realPath = process.execPath;

afterEach(() => {
  Object.defineProperty(process, 'versions', { value: real });
  process.execPath = realPath;
});

function pretend(versions: Record<string, string>): void {
  Object.defineProperty(process, 'versions', {
    value: { ...real, ...versions },
    configurable: true,
  });
  process.execPath = '/opt/somewhere/binary';
}

const versionOf = (path: string) => spawnSync(path, ['--version'], { encoding: 'utf8' }).stdout;

it.each([
  ['an older Node', { node: '20.20.2' }],
  ['Electron, whatever its Node', { electron: '45.4.1' }],
])('is the Node 24 of this checkout under %s', (_name, versions) => {
  pretend(versions);
  expect(nodeBinary()).not.toBe(process.execPath);
  expect(versionOf(nodeBinary())).toMatch(/^v24\./);
});

it('is the running Node where that is new enough', () => {
  pretend({ node: '26.1.0' });
  expect(nodeBinary()).toBe('/opt/somewhere/binary');
});
