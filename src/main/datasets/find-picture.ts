import { readdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { isInside } from '../workspace/paths.ts';

export type FoundPicture =
  | { found: 'yes'; path: string }
  | { found: 'outside' }
  | { found: 'no' }
  /** There, but spelled otherwise: another case or another Unicode form of the same letters. */
  | { found: 'spelled'; as: string };

/**
 * Looks files up by exactly their names, on case-insensitive systems too, so that a dataset that
 * works here works everywhere. Folder listings are read once.
 */
export function pictureFinder(root: string): (path: string) => FoundPicture {
  const listings = new Map<string, Listing>();
  const realRoot = realpathSync(root);
  const listing = (folder: string): Listing => {
    let known = listings.get(folder);
    if (known === undefined) {
      known = readListing(folder);
      listings.set(folder, known);
    }
    return known;
  };
  return (path) => {
    if (path === '..' || path.startsWith('../')) return { found: 'outside' };
    const actual: string[] = [];
    for (const part of path.split('/')) {
      const names = listing(join(root, ...actual));
      const name = names.exact.has(part) ? part : names.folded.get(fold(part));
      if (name === undefined) return { found: 'no' };
      actual.push(name);
    }
    const absolute = join(root, ...actual);
    // A link may point out of the folder, or nowhere.
    const real = realPath(absolute);
    if (real === null) return { found: 'no' };
    if (!isInside(realRoot, real)) return { found: 'outside' };
    const as = actual.join('/');
    return as === path ? { found: 'yes', path: absolute } : { found: 'spelled', as };
  };
}

type Listing = { exact: Set<string>; folded: Map<string, string> };

function readListing(folder: string): Listing {
  try {
    const names = readdirSync(folder);
    return {
      exact: new Set(names),
      folded: new Map(names.map((name) => [fold(name), name])),
    };
  } catch {
    // Not there, not a folder or not readable: nothing is found in it.
    return { exact: new Set(), folded: new Map() };
  }
}

function fold(name: string): string {
  return name.normalize('NFC').toLowerCase();
}

function realPath(path: string): string | null {
  try {
    return realpathSync(path);
  } catch {
    return null;
  }
}
