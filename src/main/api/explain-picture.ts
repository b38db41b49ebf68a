import sharp from 'sharp';
import { decodePicture } from '../../engine/images/decode-picture.ts';
import { framePicture } from '../../engine/images/framing.ts';
import type { ImageSource } from '../../shared/api/attribution.ts';
import type { PicturePosition } from '../../shared/explained-parts.ts';
import { openImage } from '../explain/explained-image.ts';
import { imageSizeOf } from '../explain/subject.ts';
import { getRun } from '../store/runs.ts';
import type { App } from './app.ts';

export type ExplainedPicture = {
  bytes: Uint8Array<ArrayBuffer>;
  contentType: string;
  position: PicturePosition;
};

/**
 * A picture from the pixels that a model is given, as WebP at most `size` pixels wide and high; one
 * that fits keeps every pixel.
 * @throws FaptError `image-unreadable`, `image-enormous`, and those of finding the image
 */
export async function explainedPicture(
  app: App,
  { run: id, image, size }: { run: string; image: ImageSource; size: number },
): Promise<ExplainedPicture> {
  const run = getRun(app.db, id);
  const { file } = await openImage(app, run, image);
  const { rgb, width, height } = await decodePicture(file);
  const fits = Math.max(width, height) <= size;
  const bytes = await sharp(rgb, { raw: { width, height, channels: 3 } })
    .resize({ width: size, height: size, fit: 'inside', withoutEnlargement: true })
    .webp(fits ? { lossless: true } : { quality: 82 })
    .toBuffer();
  const crop = framePicture({ width, height }, imageSizeOf(app, run), 'crop').rectangle;
  const position = { width, height, crop };
  return { bytes: new Uint8Array(bytes), contentType: 'image/webp', position };
}
