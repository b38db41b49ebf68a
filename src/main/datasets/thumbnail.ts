import sharp from 'sharp';
import { decodePicture } from '../../engine/images/decode-picture.ts';
import type { Size } from '../../engine/images/picture.ts';

export type Thumbnail = {
  bytes: Uint8Array<ArrayBuffer>;
  contentType: string;
  width: number;
  height: number;
};

/** Grows whenever the same file would be drawn differently: thumbnails are kept by it. */
export const RULE = 2;

/**
 * A file's picture as WebP, drawn from the pixels that a model is given, at most `size` pixels wide and
 * high; one that fits keeps every pixel. `picture` is the size of the whole.
 *
 * @throws PictureRefused
 */
export async function drawThumbnail(
  file: string,
  size: number,
): Promise<Thumbnail & { picture: Size }> {
  const { rgb, width, height } = await decodePicture(file);
  const fits = Math.max(width, height) <= size;
  const { data, info } = await sharp(rgb, { raw: { width, height, channels: 3 } })
    .resize({ width: size, height: size, fit: 'inside', withoutEnlargement: true })
    .webp(fits ? { lossless: true } : { quality: 82 })
    .toBuffer({ resolveWithObject: true });
  return {
    bytes: new Uint8Array(data),
    contentType: 'image/webp',
    width: info.width,
    height: info.height,
    picture: { width, height },
  };
}
