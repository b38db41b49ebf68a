import { framePicture } from '../../engine/images/framing.ts';
import type { ImageSource } from '../../shared/api/attribution.ts';
import type { PicturePosition } from '../../shared/explained-parts.ts';
import { openImage } from '../explain/explained-image.ts';
import { imageSizeOf } from '../explain/subject.ts';
import { decodeApart } from '../pictures/decode-apart.ts';
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
  const { bytes, contentType, picture } = await decodeApart('thumbnail', file, size);
  const crop = framePicture(picture, imageSizeOf(app, run), 'crop').rectangle;
  const position = { ...picture, crop };
  return { bytes, contentType, position };
}
