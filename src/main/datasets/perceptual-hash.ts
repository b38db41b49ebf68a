import { decodeWith } from '../../engine/images/decode-picture.ts';
import type { PictureFile } from '../../engine/images/picture-file.ts';

const WIDTH = 9;
const HEIGHT = 8;

/** A picture whose shrunken grey values differ by less is flat: its hash would only be noise. */
const LEAST_RANGE = 12;

/** A smaller step to the right neighbour counts as none: in even backgrounds it is only noise. */
const LEAST_STEP = 4;

/**
 * The difference hash of a picture (Krawetz 2013): it is shrunk to 9 x 8 grey values, and each of the
 * 64 bits tells whether a value is clearly smaller than the one to its right. 16 hexadecimal digits;
 * null for a picture without structure. Decodes every pixel, so it throws where that is damaged or cut.
 *
 * @throws PictureRefused
 */
export async function perceptualHash(file: PictureFile): Promise<string | null> {
  const { width, height } = file;
  const grey = await decodeWith(file, (decoder) =>
    decoder
      // Keeps the decoder from shrinking JPEG and WebP in its own way, which other formats do not have.
      .extract({ left: 0, top: 0, width, height })
      .removeAlpha()
      .greyscale()
      .resize(WIDTH, HEIGHT, { fit: 'fill', kernel: 'cubic' })
      .raw({ depth: 'uchar' })
      .toBuffer(),
  );
  return differenceHash(grey);
}

/** @param grey 8 rows of 9 values */
export function differenceHash(grey: Uint8Array): string | null {
  if (Math.max(...grey) - Math.min(...grey) < LEAST_RANGE) return null;
  const bytes = new Uint8Array(HEIGHT);
  for (let row = 0; row < HEIGHT; row += 1) {
    for (let column = 0; column < WIDTH - 1; column += 1) {
      const at = row * WIDTH + column;
      if ((grey[at + 1] as number) - (grey[at] as number) > LEAST_STEP) {
        bytes[row] = (bytes[row] as number) | (0x80 >> column);
      }
    }
  }
  return Buffer.from(bytes).toString('hex');
}
