import type { Size } from '../../engine/images/picture.ts';
import { readPictureFile } from '../../engine/images/picture-file.ts';

/** Width and height of the upright picture. @throws PictureRefused */
export async function pictureSize(file: string): Promise<Size> {
  const { width, height } = await readPictureFile(file);
  return { width, height };
}
