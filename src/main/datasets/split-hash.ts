import type { ImageRow } from '../store/images.ts';
import { sha256OfLines } from '../workspace/hash.ts';

/** One hash for the three lists: order, paths, labels, class names and the pictures' content. */
export function splitHash(classNames: readonly string[], images: readonly ImageRow[]): string {
  return sha256OfLines(
    images.map(({ split, label, path, sha256 }) =>
      JSON.stringify([split, path, label, classNames[label], sha256]),
    ),
  );
}
