import { readFileSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { z } from 'zod';
import { FaptError } from '../../shared/errors.ts';
import { defaultWorkspaceFolder } from './default-folder.ts';

const choiceSchema = z.strictObject({ workspace: z.string().refine(isAbsolute) });

/** Remembers the data folder that was chosen in the window; outside every workspace, beside the default one. */
export function choiceFile(
  env: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
): string {
  return `${defaultWorkspaceFolder(env, platform)}.json`;
}

/** What the file holds for a folder. */
export function choiceText(folder: string): string {
  return `${JSON.stringify(choiceSchema.parse({ workspace: folder }), null, 2)}\n`;
}

/**
 * The data folder chosen in the window, absolute; null where none is.
 * @throws FaptError `workspace-choice` where the file cannot be read
 */
export function chosenFolder(
  env: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
): string | null {
  const file = choiceFile(env, platform);
  try {
    return choiceSchema.parse(JSON.parse(readFileSync(file, 'utf8'))).workspace;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new FaptError(
      'workspace-choice',
      `${file}, which remembers the chosen data folder, cannot be read: delete it to work in the default folder, and choose again in Settings.`,
      { cause },
    );
  }
}
