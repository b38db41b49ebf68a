import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { chooseDataFolder, dataFolder } from '../../../src/main/api/data-folder.ts';
import { choiceFile } from '../../../src/main/workspace/chosen-folder.ts';
import { openWorkspace, type Workspace } from '../../../src/main/workspace/workspace.ts';
import { noChoice } from '../fixtures/no-choice.ts';

let root: string;
let workspace: Workspace;
const open = (folder: string | null = null) =>
  openWorkspace(folder, { write: true, log: () => {} });
beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'fapt-folder-'));
  for (const [name, value] of Object.entries(noChoice(root))) vi.stubEnv(name, value);
  vi.stubEnv('FAPT_WORKSPACE', undefined);
  workspace = await open();
});
afterEach(() => {
  workspace.close();
  vi.unstubAllEnvs();
  rmSync(root, { recursive: true, force: true });
});

/** What a start without an option opens. */
async function next(): Promise<Pick<Workspace, 'folder' | 'origin'>> {
  const { folder, origin, close } = await open();
  close();
  return { folder, origin };
}

describe('chooseDataFolder', () => {
  it('is heard by the next start, which finds a workspace there; null goes back', async () => {
    const standard = workspace.folder;
    const chosen = join(root, 'disk', 'new');
    expect(await chooseDataFolder(workspace, ` ${chosen} `)).toEqual({
      folder: standard,
      origin: 'default',
      chosen,
      standard,
    });
    expect(readdirSync(chosen)).toContain('fapt.sqlite');
    expect(await next()).toEqual({ folder: chosen, origin: 'chosen' });
    expect(await chooseDataFolder(workspace, null)).toMatchObject({ chosen: null });
    expect(existsSync(choiceFile())).toBe(false);
    expect(existsSync(join(chosen, 'fapt.sqlite'))).toBe(true);
  });

  it('takes a folder that was worked in, one that only the system wrote to, and the default', async () => {
    const disk = join(root, 'disk');
    mkdirSync(join(disk, 'lost+found'), { recursive: true });
    writeFileSync(join(disk, '.DS_Store'), '');
    await chooseDataFolder(workspace, disk);
    const other = join(root, 'other');
    await chooseDataFolder(workspace, other);
    expect(await chooseDataFolder(workspace, disk)).toMatchObject({ chosen: disk });
    expect(await chooseDataFolder(workspace, workspace.folder)).toMatchObject({ chosen: null });
  });

  it('remembers the choice where an option decides for this start', async () => {
    const given = await open(join(root, 'given'));
    expect(dataFolder(given)).toMatchObject({ origin: 'option', chosen: null });
    // What the option names may be kept without it.
    expect(await chooseDataFolder(given, given.folder)).toMatchObject({ chosen: given.folder });
    given.close();
    expect(await next()).toEqual({ folder: given.folder, origin: 'chosen' });
  });

  it('refuses what no start could work in, and changes nothing', async () => {
    const file = join(root, 'file');
    writeFileSync(file, '');
    const full = join(root, 'full');
    mkdirSync(full);
    writeFileSync(join(full, 'photo.png'), '');
    const refused: [string, RegExp][] = [
      ['relative/path', /"relative\/path" cannot .* \(it is no full path\)/],
      ['', /"" cannot .* \(it is no full path\)/],
      [file, /file cannot .* \(a part of its path is a file\)/],
      [join(file, 'below'), /below cannot .* \(a part of its path is a file\)/],
      [full, /full cannot .* \(it holds other files\): choose an empty folder/],
      ['/proc/none/work', /\/proc\/none\/work cannot .* \(its folder cannot be made\)/],
      [workspace.folder, /\(the next start works there already\)/],
      [join(workspace.folder, 'runs'), /\(it lies in the present data folder\)/],
    ];
    for (const [folder, message] of refused) {
      await expect(chooseDataFolder(workspace, folder), folder).rejects.toEqual(
        expect.objectContaining({
          code: 'workspace-unfit',
          message: expect.stringMatching(message),
        }),
      );
    }
    expect(dataFolder(workspace).chosen).toBeNull();
    expect(readdirSync(full)).toEqual(['photo.png']);
  });

  it('refuses the workspace of a later version, and what is no database', async () => {
    const later = join(root, 'later');
    mkdirSync(later);
    const db = new Sqlite(join(later, 'fapt.sqlite'));
    db.pragma('user_version = 9999');
    db.close();
    const broken = join(root, 'broken');
    mkdirSync(broken);
    writeFileSync(join(broken, 'fapt.sqlite'), 'no database, but long enough to be looked at');
    for (const [folder, code] of [
      [later, 'database-newer'],
      [broken, 'database-broken'],
    ] as const) {
      await expect(chooseDataFolder(workspace, folder)).rejects.toMatchObject({ code });
    }
    expect(dataFolder(workspace).chosen).toBeNull();
  });
});
