import { sha256OfBytes } from '../workspace/hash.ts';

/** Runs with one key differ in their seed alone: 16 letters of a hash of all other settings. */
export function groupKeyOf(config: Record<string, unknown>): string {
  const { seed: _, ...others } = config;
  return sha256OfBytes(JSON.stringify(sorted(others))).slice(0, 16);
}

/** The same content with keys in one order, whatever order they were written in. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sorted(inner)]));
}
