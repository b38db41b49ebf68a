import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { WorkspaceOrigin } from '../../shared/api/workspace.ts';
import { FaptError } from '../../shared/errors.ts';
import { choiceFile, chosenFolder } from './chosen-folder.ts';
import { defaultWorkspaceFolder } from './default-folder.ts';

/** An absolute folder and what decided for it. */
export type WorkspacePlace = { folder: string; origin: WorkspaceOrigin };

export function databaseFileOf(folder: string): string {
  return join(folder, 'fapt.sqlite');
}

/**
 * Which folder this start works in: the one that it was given, else that of FAPT_WORKSPACE, else the
 * one chosen in the window, else the default.
 * @throws FaptError `workspace-choice`, and `workspace-missing` where the chosen one has no workspace
 *   any more: the mount point of a disk that is gone is an empty folder, which must not become another
 */
export function workspacePlace(
  given: string | null,
  env: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
): WorkspacePlace {
  if (given !== null) return { folder: resolve(given), origin: 'option' };
  if (env.FAPT_WORKSPACE) return { folder: resolve(env.FAPT_WORKSPACE), origin: 'variable' };
  const chosen = chosenFolder(env, platform);
  if (chosen === null) return { folder: defaultWorkspaceFolder(env, platform), origin: 'default' };
  if (existsSync(databaseFileOf(chosen))) return { folder: chosen, origin: 'chosen' };
  throw new FaptError(
    'workspace-missing',
    `The data folder ${chosen}, chosen in Settings, is not there any more or has lost its database: ` +
      `connect its disk or move it back, or delete ${choiceFile(env, platform)} to work in the default folder.`,
  );
}
