import sharp from 'sharp';
import { decodePicture } from '../../engine/images/decode-picture.ts';
import { FaptError } from '../../shared/errors.ts';
import type { Database } from '../store/database.ts';
import type { DatasetRow, SplitName } from '../store/datasets.ts';
import { imagesByPath } from '../store/images.ts';
import { resolveInside } from '../workspace/paths.ts';

export type Thumbnail = {
  bytes: Uint8Array<ArrayBuffer>;
  contentType: string;
  width: number;
  height: number;
};

/**
 * One image as WebP, drawn from the pixels that a model is given, at most `size` pixels wide and high; one that fits keeps every pixel.
 * Throws `examples-unknown`, `picture-unreadable`.
 */
export async function thumbnail(
  db: Database,
  dataset: DatasetRow,
  { split, path, size }: { split: SplitName; path: string; size: number },
): Promise<Thumbnail> {
  const image = imagesByPath(db, dataset.id, split, [path]).get(path);
  if (!image) {
    throw new FaptError(
      'examples-unknown',
      `There is no image "${path}" in ${split} of ${dataset.name}.`,
    );
  }
  const file = resolveInside(dataset.imageRoot, image.file ?? path);
  const fits = Math.max(image.width ?? Infinity, image.height ?? Infinity) <= size;
  const webp = fits ? { lossless: true } : { quality: 82 };
  try {
    const { rgb, width: across, height: down } = await decodePicture(file);
    const { data, info } = await sharp(rgb, { raw: { width: across, height: down, channels: 3 } })
      .resize({ width: size, height: size, fit: 'inside', withoutEnlargement: true })
      .webp(webp)
      .toBuffer({ resolveWithObject: true });
    const { width, height } = info;
    return { bytes: new Uint8Array(data), contentType: 'image/webp', width, height };
  } catch (cause) {
    throw new FaptError(
      'picture-unreadable',
      `The picture ${file} cannot be read (${(cause as Error).message}): put it back or restore it.`,
      { cause },
    );
  }
}
