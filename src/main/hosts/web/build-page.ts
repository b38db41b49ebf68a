import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FaptError, messageOf } from '../../../shared/errors.ts';

/** A checkout's or a package's root: this file lies in its src/main/hosts/web. */
const root = fileURLToPath(new URL('../../../../', import.meta.url));

/**
 * The folder of the built page. In a checkout it is built where it is missing or older than its
 * sources, which takes some seconds.
 * @throws FaptError `page-missing`
 */
export async function builtPage(note: (sentence: string) => void): Promise<string> {
  const folder = join(root, 'out', 'renderer');
  const sources = ['src/renderer', 'src/shared', 'renderer.vite.config.ts', 'package.json'];
  if (isCurrent(join(folder, 'index.html'), sources)) return folder;
  note('Building the window; this takes some seconds, once.');
  try {
    const { build } = await import('vite');
    // Vite keeps what the surroundings say (a test's "test"), and would build the slow Vue for it.
    process.env.NODE_ENV = 'production';
    await build({ configFile: join(root, 'renderer.vite.config.ts'), logLevel: 'error' });
  } catch (cause) {
    throw new FaptError(
      'page-missing',
      `The window could not be built (${messageOf(cause)}): run "npm ci" and then "npx vite build -c renderer.vite.config.ts" in ${root}.`,
      { cause },
    );
  }
  return folder;
}

function isCurrent(page: string, sources: string[]): boolean {
  if (!existsSync(page)) return false;
  const builtAt = statSync(page).mtimeMs;
  return sources.every((path) => newest(join(root, path)) <= builtAt);
}

/** Milliseconds of the newest change below a path; 0 where there is none, as in a package. */
function newest(path: string): number {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat) return 0;
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(stat.mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))));
}
