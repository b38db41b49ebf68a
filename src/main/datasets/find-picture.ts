import { readdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { isInside } from '../workspace/paths.ts';

export type FoundPicture =
  /** `as`: the name on disk, the same letters perhaps in another Unicode form (macOS archives). */
  | { found: 'yes'; as: string }
  | { found: 'outside' }
  | { found: 'no' }
  /** There, but in another case. */
  | { found: 'spelled'; as: string };

/**
 * Looks files up by exactly their names, on case-insensitive systems too, so that a dataset that
 * works here works everywhere. Folder listings are read once, so a million paths take seconds.
 */
export function pictureFinder(root: string): (path: string) => FoundPicture {
  const listings = new Map<string, Listing>();
  const realRoot = realpathSync(root);
  const listing = (folder: string): Listing => {
    let known = listings.get(folder);
    if (known === undefined) {
      known = readListing(join(root, folder));
      listings.set(folder, known);
    }
    return known;
  };
  return (path) => {
    if (path === '..' || path.startsWith('../')) return { found: 'outside' };
    let actual = '';
    let linked = false;
    for (const part of path.split('/')) {
      const names = listing(actual);
      const name = names.exact.has(part) ? part : names.folded().get(fold(part));
      if (name === undefined) return { found: 'no' };
      linked ||= names.links.has(name);
      actual = actual === '' ? name : `${actual}/${name}`;
    }
    if (linked) {
      // A link may point out of the folder, or nowhere.
      const real = realPath(join(root, actual));
      if (real === null) return { found: 'no' };
      if (!isInside(realRoot, real)) return { found: 'outside' };
    }
    const isSame = actual === path || actual.normalize('NFC') === path.normalize('NFC');
    return { found: isSame ? 'yes' : 'spelled', as: actual };
  };
}

type Listing = {
  exact: Set<string>;
  links: Set<string>;
  /** Names without case, made when a name is not there as it is spelled. */
  folded(): Map<string, string>;
};

function readListing(folder: string): Listing {
  const exact = new Set<string>();
  const links = new Set<string>();
  try {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      exact.add(entry.name);
      if (entry.isSymbolicLink()) links.add(entry.name);
    }
  } catch {
    // Not there, not a folder or not readable: nothing is found in it.
  }
  let folded: Map<string, string> | null = null;
  return {
    exact,
    links,
    folded() {
      folded ??= new Map([...exact].map((name) => [fold(name), name]));
      return folded;
    },
  };
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
