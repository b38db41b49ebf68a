import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * Where everything that was fetched or built once a machine is kept, outside node_modules.
 * `FAPT_CACHE` overrides the platform's own cache folder.
 */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  if (env.FAPT_CACHE) return env.FAPT_CACHE;
  return join(platformCacheFolder(env), 'fapt-studio');
}

/** The part of the cache that belongs to the engine's native library. */
export function engineCacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  return join(cacheFolder(env), 'engine');
}

function platformCacheFolder(env: NodeJS.ProcessEnv): string {
  if (env.XDG_CACHE_HOME) return env.XDG_CACHE_HOME;
  if (process.platform === 'win32' && env.LOCALAPPDATA) return env.LOCALAPPDATA;
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches');
  return join(homedir(), '.cache');
}
