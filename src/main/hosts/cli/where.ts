import { isAbsolute, resolve } from 'node:path';

/** Scripts of package.json that run this command line; npm moves to the package's folder for them. */
const OWN_SCRIPTS = new Set(['fapt', 'demo']);

/**
 * The folder the person stood in. `npm run` changes to the package's folder and leaves the real
 * one in INIT_CWD; under any other npm script INIT_CWD says nothing about us.
 */
export function userFolder(env: NodeJS.ProcessEnv, cwd: string): string {
  const own = OWN_SCRIPTS.has(env.npm_lifecycle_event ?? '');
  return own && env.INIT_CWD ? env.INIT_CWD : cwd;
}

/** `path` as an absolute path, relative ones against where the person stood. */
export function resolveFrom(folder: string, path: string): string {
  return isAbsolute(path) ? path : resolve(folder, path);
}
