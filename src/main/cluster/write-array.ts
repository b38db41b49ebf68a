import { randomUUID } from 'node:crypto';
import { readdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { FaptError } from '../../shared/errors.ts';
import { makeFolder } from '../workspace/make-folder.ts';
import { whyNotWritten } from '../workspace/why-not-written.ts';
import type { Workspace } from '../workspace/workspace.ts';
import { copyWorkspace } from './copy-workspace.ts';
import { shellCommand } from './shell-quote.ts';
import {
  ARRAY_SCRIPT,
  BUNDLES,
  type SlurmResources,
  slurmScript,
  TASK_LIST,
  TASK_WORKSPACE,
} from './slurm-script.ts';

/** One run of a protocol as what stands behind `fapt protocol`. */
export type SlurmTask = { title: string; words: string[] };

export type SlurmArray = {
  protocol: string;
  /** Absolute; made, as a whole or not at all. */
  folder: string;
  tasks: SlurmTask[];
  /** What starts the command line. */
  fapt: readonly string[];
  resources: SlurmResources;
  /** What the tasks need of the workspace. */
  modelId: string;
  datasetIds: string[];
};

/** The files of an array, by their names in its folder; the workspace of the tasks comes beside them. */
export function arrayFiles(array: SlurmArray): Record<string, string> {
  const script = slurmScript({ ...array, tasks: array.tasks.length });
  const list = array.tasks.map(({ words }) => `${shellCommand(words)}\n`).join('');
  return { [ARRAY_SCRIPT]: script, [TASK_LIST]: list };
}

/**
 * Refuses a folder that holds something: numbers of tasks, and so of bundles, are those of one list.
 * @throws FaptError `folder-used`, `folder-name`
 */
export async function refuseFolder(folder: string): Promise<void> {
  if (/["\\\p{Cc}]/u.test(folder)) {
    throw new FaptError(
      'folder-name',
      `Slurm cannot be told of the folder ${JSON.stringify(folder)}: choose one without quotation marks, backslashes and line breaks (--out).`,
    );
  }
  const entries = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    const what = error.code === 'ENOTDIR' ? 'is a file' : `cannot be read (${error.message})`;
    throw new FaptError('folder-used', `${folder} ${what}: choose another folder (--out).`);
  });
  if (entries.length === 0) return;
  throw new FaptError(
    'folder-used',
    `${folder} is not empty: submit the array that is there again, or choose another folder (--out).`,
  );
}

/**
 * Writes the folder of a Slurm array: the script, the list of tasks, the workspace that each of them begins
 * with, and the folders of their logs and bundles. Nothing is submitted.
 * @throws FaptError `folder-used`, `folder-name`, `disk-write`
 */
export async function writeArray(workspace: Workspace, array: SlurmArray): Promise<void> {
  const { folder } = array;
  await refuseFolder(folder);
  const partial = join(dirname(folder), `.${basename(folder)}.${randomUUID()}.partial`);
  try {
    for (const name of ['logs', BUNDLES]) makeFolder(join(partial, name));
    for (const [name, text] of Object.entries(arrayFiles(array))) {
      await writeFile(join(partial, name), text, { mode: name === ARRAY_SCRIPT ? 0o755 : 0o644 });
    }
    copyWorkspace(workspace, join(partial, TASK_WORKSPACE), array);
    await rename(partial, folder);
  } catch (cause) {
    await rm(partial, { recursive: true, force: true }).catch(() => {}); // the first error is the one to tell
    throw new FaptError(
      'disk-write',
      `${folder} could not be written (${whyNotWritten(cause)}): free some space or choose another folder (--out).`,
      { cause },
    );
  }
}
