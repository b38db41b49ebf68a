import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { blobPath, hasBlob } from '../../../src/main/workspace/blobs.ts';
import { defaultWorkspaceFolder } from '../../../src/main/workspace/default-folder.ts';
import { sha256OfBytes, sha256OfFile, sha256OfLines } from '../../../src/main/workspace/hash.ts';
import { relativeToWorkspace, resolveInside } from '../../../src/main/workspace/paths.ts';
import { writeBlob } from '../fixtures/write-blob.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fapt-files-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

// SHA-256 of "abc", FIPS 180-2.
const ABC = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';

describe('blobs', () => {
  it('lie under their hash', () => {
    const store = { blobFolder: join(folder, 'blobs') };
    expect(hasBlob(store, ABC)).toBe(false);
    expect(writeBlob(store, Buffer.from('abc'))).toBe(ABC);
    expect(blobPath(store, ABC)).toBe(join(folder, 'blobs', 'ba', ABC));
    expect(readFileSync(blobPath(store, ABC), 'utf8')).toBe('abc');
    expect(hasBlob(store, ABC)).toBe(true);
  });

  it('no name but a hash is taken', () => {
    const store = { blobFolder: folder };
    for (const name of ['', '../x', ABC.toUpperCase(), `${ABC}/..`, `${ABC}\n`]) {
      expect(() => blobPath(store, name), name).toThrow('is not a SHA-256');
    }
  });
});

describe('hashes', () => {
  it('of bytes, files and lines', async () => {
    writeFileSync(join(folder, 'file'), 'abc');
    expect(sha256OfBytes('abc')).toBe(ABC);
    expect(await sha256OfFile(join(folder, 'file'))).toBe(ABC);
    expect(sha256OfLines(['a', 'b'])).toBe(sha256OfBytes('a\nb\n'));
    expect(sha256OfLines(['a', 'b'])).not.toBe(sha256OfLines(['ab']));
  });
});

describe('paths', () => {
  it.each(['../x', 'a/../../x', '/etc/passwd', 'a\0b'])('%j leads outside', (path) => {
    expect(() => resolveInside(folder, path)).toThrow('leads outside');
  });

  it('a link that leads outside is refused, one that stays is followed', () => {
    mkdirSync(join(folder, 'root', 'real'), { recursive: true });
    writeFileSync(join(folder, 'secret'), '');
    symlinkSync(join(folder, 'secret'), join(folder, 'root', 'out'));
    symlinkSync('real', join(folder, 'root', 'in'));
    const root = join(folder, 'root');
    expect(() => resolveInside(root, 'out')).toThrow('leads outside');
    expect(resolveInside(root, 'in/new file')).toBe(join(root, 'in', 'new file'));
    expect(resolveInside(root, '..a/b')).toBe(join(root, '..a', 'b'));
  });

  it('are stored from the workspace on', () => {
    const workspace = { folder };
    expect(relativeToWorkspace(workspace, join(folder, 'runs', 'a', 'b'))).toBe('runs/a/b');
    expect(() => relativeToWorkspace(workspace, join(folder, '..', 'b'))).toThrow('leads outside');
  });
});

describe('defaultWorkspaceFolder', () => {
  it.each<[NodeJS.Platform, NodeJS.ProcessEnv, string]>([
    ['linux', { HOME: '/home/ada' }, '/home/ada/.local/share/fapt-studio'],
    ['linux', { HOME: '/home/ada', XDG_DATA_HOME: '/data' }, '/data/fapt-studio'],
    ['darwin', { HOME: '/Users/ada' }, '/Users/ada/Library/Application Support/fapt-studio'],
  ])('%s %j', (platform, env, expected) => {
    expect(defaultWorkspaceFolder(env, platform)).toBe(expected);
  });

  it('on Windows is the local data folder', () => {
    const path = defaultWorkspaceFolder({ LOCALAPPDATA: 'L' }, 'win32');
    expect(path.replaceAll('\\', '/')).toBe('L/fapt-studio');
    expect(existsSync(path)).toBe(false);
  });
});
