import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { FaptError } from '../../../shared/errors.ts';
import { pictureFinder } from '../find-picture.ts';
import { SPLITS, type Split } from '../split.ts';

/**
 * `--images`, else the folder among `inner` (below the list's own) where its paths resolve, else the
 * list's own folder. Throws `images-missing`.
 */
export function imageRoot(
  beside: string,
  images: string | undefined,
  lists: Split['lists'],
  inner: readonly string[] = ['images'],
): string {
  if (images !== undefined) {
    if (statSync(images, { throwIfNoEntry: false })?.isDirectory()) return images;
    throw new FaptError(
      'images-missing',
      `There is no folder ${images}: check the image folder (--images on the command line).`,
    );
  }
  const some = somePaths(lists);
  const present = (root: string): number => {
    if (!existsSync(root)) return 0;
    const find = pictureFinder(root);
    // Wrongly spelled names are told later, and show the right folder as well.
    return some.filter((path) => ['yes', 'spelled'].includes(find(path).found)).length;
  };
  let best = { root: beside, found: present(beside) };
  for (const folder of inner) {
    const root = join(beside, folder);
    const found = present(root);
    if (found > 0 && found >= best.found) best = { root, found };
  }
  return best.root;
}

/** A few paths from everywhere in each list tell; a large dataset has a million of them. */
function somePaths(lists: Split['lists']): string[] {
  return SPLITS.flatMap((name) => {
    const list = lists[name];
    const step = Math.max(1, Math.floor(list.length / 20));
    const some: string[] = [];
    for (let at = 0; at < list.length; at += step) some.push(list[at]?.path ?? '');
    return some.filter((path) => !path.startsWith('..'));
  });
}
