import { framePicture } from '../../engine/images/framing.ts';
import { readPictureFile } from '../../engine/images/picture-file.ts';
import type { PicturePosition } from '../../shared/explained-parts.ts';

/**
 * Where the square that a model of this size sees lies in a picture.
 * @throws FaptError `image-unreadable`, `image-enormous`
 */
export async function picturePosition(file: string, size: number): Promise<PicturePosition> {
  const { width, height } = await readPictureFile(file);
  return { width, height, crop: framePicture({ width, height }, size, 'crop').rectangle };
}
