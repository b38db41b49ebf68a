import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { OpenedBundles } from '../../shared/api-results.ts';
import { FaptError, messageOf } from '../../shared/errors.ts';
import type { App } from '../api/app.ts';
import { openBundle } from './open-bundle.ts';

const ENDING = '.faptrun';

/**
 * The bundles that paths name: files as they are, folders by the bundles that lie in them, in the order of
 * their numbers and names.
 * @throws FaptError `bundles-missing` where a folder has none
 */
export async function bundleFiles(paths: readonly string[]): Promise<string[]> {
  const files: string[] = [];
  for (const path of paths) {
    const isFolder = (await stat(path).catch(() => null))?.isDirectory() ?? false;
    files.push(...(isFolder ? await bundlesIn(path) : [path]));
  }
  return [...new Set(files)];
}

async function bundlesIn(folder: string): Promise<string[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(ENDING));
  if (names.length === 0) {
    throw new FaptError('bundles-missing', `${folder} holds no ${ENDING} file: check the path.`);
  }
  const { compare } = new Intl.Collator('en', { numeric: true });
  return names.sort(compare).map((name) => join(folder, name));
}

/**
 * Brings the runs of several bundles into the workspace. Those that are there already stay as they are; one
 * that cannot be opened is reported, and the others go on.
 * @throws FaptError `stopped` when `app.signal` is raised
 */
export async function openBundles(app: App, files: readonly string[]): Promise<OpenedBundles> {
  const report: OpenedBundles = { opened: [], known: [], failures: [] };
  for (const [index, file] of files.entries()) {
    if (app.signal.aborted) {
      const what = `Stopped with ${index} of ${files.length} bundles opened; the same command goes on.`;
      throw new FaptError('stopped', what);
    }
    app.report({ stage: 'open bundles', done: index, total: files.length });
    try {
      report.opened.push({ file, ...(await openBundle(app.workspace, file)) });
    } catch (error) {
      if (error instanceof FaptError && error.code === 'run-exists') report.known.push(file);
      else report.failures.push({ file, reason: messageOf(error) });
    }
  }
  return report;
}
