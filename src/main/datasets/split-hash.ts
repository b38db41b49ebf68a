import type { DatasetRow } from '../store/datasets.ts';
import type { NewImage } from '../store/images.ts';
import { sha256OfLines } from '../workspace/hash.ts';

type Hashed = Pick<NewImage, 'split' | 'path' | 'label' | 'sha256'>;

/**
 * One hash for the three lists: order, paths, labels and class names, and the pictures' content where
 * `of` is `content`. A large dataset is stored before its pictures are read; its hash is about the lists
 * alone for good, so that it does not depend on when it is taken.
 */
export function splitHash(
  classNames: readonly string[],
  images: Iterable<Hashed>,
  of: DatasetRow['splitHashOf'],
): string {
  return sha256OfLines(lines(classNames, images, of));
}

function* lines(
  classNames: readonly string[],
  images: Iterable<Hashed>,
  of: DatasetRow['splitHashOf'],
): Generator<string> {
  for (const { split, label, path, sha256 } of images) {
    const content = of === 'content' ? [sha256] : [];
    yield JSON.stringify([split, path, label, classNames[label], ...content]);
  }
}
