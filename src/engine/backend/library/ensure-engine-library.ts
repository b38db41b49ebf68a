import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FaptError, messageOf } from '../../../shared/errors.ts';
import { engineCacheFolder } from './cache-folder.ts';
import { compiledBinding } from './compile-binding.ts';
import { withLock } from './folder-lock.ts';
import { installByPackage } from './install-by-package.ts';
import type { LaidLibrary } from './lay-library.ts';
import { laidLibrary, layLibrary } from './lay-library.ts';
import { libraryFolder } from './library-folder.ts';
import type { LibraryVariant } from './library-spec.ts';
import { librarySpecs } from './library-spec.ts';

export type EnsureOptions = {
  /** Left out: the variant chosen last on this machine, else `cpu`. */
  variant?: LibraryVariant;
  /** Check every byte of the cached library (set-up), not sizes and times alone (start). */
  thorough?: boolean;
  /** Give up at once where an attempt failed minutes ago, so that no start waits for it again. */
  firstUse?: boolean;
  log?: (sentence: string) => void;
};

const retryAfterMs = 10 * 60_000;

/**
 * Makes sure that TensorFlow's library and the binding to it lie where tfjs looks for them:
 * fetches, compiles and links what is missing or broken. With everything in place it costs a few
 * file stamps.
 * @throws FaptError one sentence with the reason and the remedy
 */
export async function ensureEngineLibrary(options: EnsureOptions = {}): Promise<LaidLibrary> {
  const cache = engineCacheFolder();
  const log = options.log ?? (() => {});
  const variant = options.variant ?? (await chosenVariant(cache));
  const found = options.thorough ? null : await laidLibrary();
  if (found?.variant === variant) return found;
  if (options.firstUse) await refuseEarlyRetry(cache);
  try {
    const laid = await withLock(
      join(cache, 'set-up.lock'),
      () => setUp(variant, cache, options.thorough === true, log),
      () => log('Another process is setting up the TensorFlow library; waiting for it'),
    );
    if (options.variant) await writeFile(join(cache, 'variant'), options.variant);
    await rm(failurePath(cache), { force: true });
    return laid;
  } catch (error) {
    await rememberFailure(cache, error);
    throw error;
  }
}

async function setUp(
  variant: LibraryVariant,
  cache: string,
  thorough: boolean,
  log: (sentence: string) => void,
): Promise<LaidLibrary> {
  // Whoever held the lock before may have done all the work.
  const found = await laidLibrary();
  if (!thorough && found?.variant === variant) return found;
  if (process.platform !== 'linux' || process.arch !== 'x64') return installByPackage(variant, log);
  const spec = librarySpecs[variant];
  const library = await libraryFolder(spec, cache, thorough, log);
  const binding = await compiledBinding(library, cache, log);
  return layLibrary(spec.version, variant, library, binding);
}

async function chosenVariant(cache: string): Promise<LibraryVariant> {
  const text = await readFile(join(cache, 'variant'), 'utf8').catch(() => 'cpu');
  return text.trim() === 'cuda' ? 'cuda' : 'cpu';
}

const failurePath = (cache: string) => join(cache, 'last-failure.txt');

async function rememberFailure(cache: string, error: unknown): Promise<void> {
  // A cache that cannot be written is what failed, or will be said by the next attempt.
  await mkdir(cache, { recursive: true }).catch(() => {});
  await writeFile(failurePath(cache), messageOf(error)).catch(() => {});
}

async function refuseEarlyRetry(cache: string): Promise<void> {
  const failed = await stat(failurePath(cache)).catch(() => null);
  if (!failed || Date.now() - failed.mtimeMs > retryAfterMs) return;
  throw new FaptError('set-up-failed', await readFile(failurePath(cache), 'utf8'));
}
