import { createRequire } from 'node:module';

/**
 * Gives `util` back what Node 23 took out of it and tfjs's native package still calls (failing
 * only at the first op that does), and replaces what Node 24 still has but warns about. Must run
 * before that package is loaded.
 */
export function restoreUtilFunctions(): void {
  // The module object of require, not the frozen namespace of import: the package reads that one.
  const util = createRequire(import.meta.url)('node:util') as Record<string, unknown>;
  util.isNullOrUndefined = (value: unknown) => value === null || value === undefined;
  util.isArray = Array.isArray;
}
