import { join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isInside } from './paths.ts';

/** Where the bundled model and datasets lie; a packed application sets FAPT_RESOURCES. */
export function resourcesFolder(env: NodeJS.ProcessEnv = process.env): string {
  return env.FAPT_RESOURCES ?? fileURLToPath(new URL('../../../resources', import.meta.url));
}

/** Marks a stored path that begins at the resources of whichever installation reads it. */
export const BUNDLED = 'bundled:';

/** What the store holds for a path: a bundled file's is kept without the place of the installation. */
export function toStoredPath(path: string): string {
  const root = resolve(resourcesFolder());
  if (!isInside(root, resolve(path))) return path;
  return BUNDLED + relative(root, resolve(path)).split(sep).join('/');
}

/** The path of a stored one: that of a bundled file leads to the installation that is open now. */
export function fromStoredPath(path: string): string {
  if (!path.startsWith(BUNDLED)) return path;
  return join(resolve(resourcesFolder()), path.slice(BUNDLED.length));
}
