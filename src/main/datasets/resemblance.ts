import { decodeWith } from '../../engine/images/decode-picture.ts';
import { readPictureFile } from '../../engine/images/picture-file.ts';

const SIDE = 16;

/** Copies that were recompressed, resized or made brighter have 0.97 and more, others rarely 0.9. */
export const LEAST_RESEMBLANCE = 0.95;

/** A picture shrunken to 16 x 16 colours, the mean taken away. @throws PictureRefused */
export async function miniature(path: string): Promise<Float64Array> {
  const bytes = await decodeWith(await readPictureFile(path), (decoder) =>
    decoder
      .removeAlpha()
      .toColourspace('srgb')
      .resize(SIDE, SIDE, { fit: 'fill' })
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true }),
  );
  const { channels } = bytes.info;
  const values = new Float64Array(3 * SIDE * SIDE);
  for (const at of values.keys()) {
    const [pixel, channel] = [Math.floor(at / 3), at % 3];
    values[at] = bytes.data[pixel * channels + Math.min(channel, channels - 1)] as number;
  }
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.map((value) => value - mean);
}

/** Correlation of two miniatures, -1 to 1; 0 where one has no contrast. */
export function resemblance(a: Float64Array, b: Float64Array): number {
  let product = 0;
  let squareA = 0;
  let squareB = 0;
  for (const [at, value] of a.entries()) {
    const other = b[at] as number;
    product += value * other;
    squareA += value * value;
    squareB += other * other;
  }
  return squareA * squareB === 0 ? 0 : product / Math.sqrt(squareA * squareB);
}
