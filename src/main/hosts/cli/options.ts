import { FaptError } from '../../../shared/errors.ts';

/** A wrong option value or combination: exit code 2. */
export function usageError(message: string): FaptError {
  return new FaptError('usage', message);
}

/**
 * The size of an attack from `4/255`, `0.0157` or, in l2, `0.5` and more.
 * @throws FaptError `usage`
 */
export function parseSize(name: string): (text: string) => number {
  return (text) => {
    const match = /^\s*([0-9.]+(?:e-?[0-9]+)?)\s*(?:\/\s*([0-9.]+))?\s*$/i.exec(text);
    const value = match ? Number(match[1]) / Number(match[2] ?? 1) : Number.NaN;
    if (Number.isFinite(value) && value >= 0) return value;
    throw usageError(`${name} must be a number such as 4/255 or 0.5, not "${text}".`);
  };
}

/**
 * A whole number of at least `least`.
 * @throws FaptError `usage`
 */
export function parseCount(name: string, least = 1): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && value < 2 ** 31) return value;
    throw usageError(`${name} must be a whole number of at least ${least}, not "${text}".`);
  };
}

/** Collects an option given more than once. */
export function collect(value: string, before: string[]): string[] {
  return [...before, value];
}
