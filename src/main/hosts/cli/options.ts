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

/**
 * A name that something gets.
 * @throws FaptError `usage`
 */
export function parseName(name: string): (text: string) => string {
  return (text) => {
    if (text.trim() !== '') return text;
    throw usageError(`${name} is empty: give a name, or leave it out.`);
  };
}

/**
 * Names from `a,b,c`, each once.
 * @throws FaptError `usage`
 */
export function parseNames(name: string): (text: string) => string[] {
  return (text) => {
    const names = text.split(',').map((part) => part.trim());
    if (names.includes(''))
      throw usageError(`${name} must be a list such as a,b,c, not "${text}".`);
    const twice = names.find((part, index) => names.indexOf(part) !== index);
    if (twice !== undefined) throw usageError(`${name} names "${twice}" twice.`);
    return names;
  };
}

/**
 * Whole numbers from `1,2,3`, each once.
 * @throws FaptError `usage`
 */
export function parseCounts(name: string): (text: string) => number[] {
  const count = parseCount(name);
  return (text) => {
    const counts = text.split(',').map((part) => count(part.trim()));
    const twice = counts.find((value, index) => counts.indexOf(value) !== index);
    if (twice !== undefined) throw usageError(`${name} names ${twice} twice: "${text}".`);
    return counts;
  };
}

/** Collects an option given more than once. */
export function collect(value: string, before: string[]): string[] {
  return [...before, value];
}
