import sharp from 'sharp';
import { decodePicture } from '../../engine/images/decode-picture.ts';
import { refusal } from '../../engine/images/picture-file.ts';
import { FaptError } from '../../shared/errors.ts';

export type Thumbnail = {
  bytes: Uint8Array<ArrayBuffer>;
  contentType: string;
  width: number;
  height: number;
};

/** Grows whenever the same file would be drawn differently: thumbnails are kept by it. */
export const RULE = 1;

/**
 * A file's picture as WebP, drawn from the pixels that a model is given, at most `size` pixels wide and
 * high; one that fits keeps every pixel. Throws `picture-unreadable`.
 */
export async function drawThumbnail(file: string, size: number): Promise<Thumbnail> {
  try {
    const { rgb, width: across, height: down } = await decodePicture(file);
    const webp = Math.max(across, down) <= size ? { lossless: true } : { quality: 82 };
    const { data, info } = await sharp(rgb, { raw: { width: across, height: down, channels: 3 } })
      .resize({ width: size, height: size, fit: 'inside', withoutEnlargement: true })
      .webp(webp)
      .toBuffer({ resolveWithObject: true });
    const { width, height } = info;
    return { bytes: new Uint8Array(data), contentType: 'image/webp', width, height };
  } catch (cause) {
    throw new FaptError(
      'picture-unreadable',
      `The picture ${file} cannot be read (${refusal(file, cause).reason}): put it back or restore it.`,
      { cause },
    );
  }
}
