import { framePicture } from '../../engine/images/framing.ts';
import type { PicturePosition } from '../../shared/explained-parts.ts';
import { decodeApart } from '../pictures/decode-apart.ts';

/**
 * Where the square that a model of this size sees lies in a picture.
 * @throws FaptError `image-unreadable`, `image-enormous`
 */
export async function picturePosition(file: string, size: number): Promise<PicturePosition> {
  const { width, height } = await decodeApart('size', file);
  return { width, height, crop: framePicture({ width, height }, size, 'crop').rectangle };
}
