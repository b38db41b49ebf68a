import { existsSync, mkdtempSync, readdirSync, realpathSync, rmdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { basename, isAbsolute, join, resolve } from 'node:path';
import type { DataFolder } from '../../shared/api/workspace.ts';
import { FaptError } from '../../shared/errors.ts';
import { writeWhole } from '../export/write-whole.ts';
import { openDatabase } from '../store/database.ts';
import { choiceFile, choiceText, chosenFolder } from '../workspace/chosen-folder.ts';
import { defaultWorkspaceFolder } from '../workspace/default-folder.ts';
import { makeFolder } from '../workspace/make-folder.ts';
import { isInside } from '../workspace/paths.ts';
import { whyNotWritten } from '../workspace/why-not-written.ts';
import { openWorkspace, type Workspace } from '../workspace/workspace.ts';
import { databaseFileOf } from '../workspace/workspace-place.ts';

/** What systems put on a disk that a person would call empty. */
const OF_THE_SYSTEM =
  /^(\.|lost\+found$|System Volume Information$|\$RECYCLE\.BIN$|desktop\.ini$)/i;

/** Where this start works and what decided so, and where the next one does. */
export function dataFolder({ folder, origin }: Workspace): DataFolder {
  return { folder, origin, chosen: chosenFolder(), standard: defaultWorkspaceFolder() };
}

/**
 * Remembers the data folder of the next start, and makes a workspace of one that is empty or not
 * there; null goes back to the default. Nothing is moved.
 * @throws FaptError `workspace-unfit`, `database-newer`, `database-broken`, `disk-write`
 */
export async function chooseDataFolder(
  workspace: Workspace,
  asked: string | null,
): Promise<DataFolder> {
  const standard = defaultWorkspaceFolder();
  if (asked === null) await forgetDataFolder();
  else {
    const folder = fullPath(asked);
    if (isSame(folder, chosenFolder() ?? standard)) {
      throw unfit(folder, 'the next start works there already', 'choose another one');
    }
    await prepare(folder, workspace);
    if (isSame(folder, standard)) await forgetDataFolder();
    else await writeWhole(choiceFile(), choiceText(folder));
  }
  return dataFolder(workspace);
}

/** The next start works in the default folder. */
export function forgetDataFolder(): Promise<void> {
  return rm(choiceFile(), { force: true });
}

function fullPath(asked: string): string {
  const path = asked.trim();
  if (isAbsolute(path)) return resolve(path);
  throw unfit(`"${path}"`, 'it is no full path', 'name it from the top of the disk on');
}

/** Sees that a start can work in `folder`: what stands there is this application's, or nothing. */
async function prepare(folder: string, current: Workspace): Promise<void> {
  if (folder !== current.folder && isInside(current.folder, folder)) {
    throw unfit(folder, 'it lies in the present data folder', 'choose one outside it');
  }
  const names = namesIn(folder);
  const isWorkspace = names.includes(basename(databaseFileOf(folder)));
  if (!isWorkspace && names.some((name) => !OF_THE_SYSTEM.test(name))) {
    const advice = 'choose an empty folder, or one that FAPT Studio has worked in';
    throw unfit(folder, 'it holds other files', advice);
  }
  tryWriting(folder);
  if (isWorkspace) openDatabase(databaseFileOf(folder), { readonly: true }).close();
  else (await openWorkspace(folder, { write: true, log: () => {}, waitMs: 0 })).close();
}

/** Nothing where the folder is not there yet. */
function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw unfit(folder, whyNotWritten(cause), 'choose another one', cause);
  }
}

function tryWriting(folder: string): void {
  try {
    makeFolder(folder);
    rmdirSync(mkdtempSync(join(folder, '.fapt-')));
  } catch (cause) {
    throw unfit(folder, whyNotWritten(cause), 'choose another one', cause);
  }
}

/** Whether two paths lead to one folder, by links too. */
function isSame(a: string, b: string): boolean {
  return a === b || (existsSync(a) && existsSync(b) && realpathSync(a) === realpathSync(b));
}

function unfit(folder: string, why: string, advice: string, cause?: unknown): FaptError {
  return new FaptError(
    'workspace-unfit',
    `${folder} cannot be chosen as the data folder (${why}): ${advice}.`,
    { cause },
  );
}
