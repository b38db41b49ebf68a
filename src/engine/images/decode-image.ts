import sharp, { type Sharp } from 'sharp';
import { FaptError, messageOf } from '../../shared/errors.ts';

/**
 * How an image becomes a square of the model's size (methods 1.4): `squash` resizes both sides
 * (training of FAP and its relatives), `crop` resizes the shorter side and cuts out the centre (test).
 */
export type Transform = 'squash' | 'crop';

/**
 * Decodes an image to 8-bit RGB at the model's size, channels first: [3, size, size].
 * One rule for every use of a picture: transparency is dropped as Pillow's convert("RGB") drops it,
 * grey is spread to three channels, only the first frame counts, and EXIF orientation is not applied,
 * as in CLIP's own preprocessing. An image that already has the size is taken as it is.
 *
 * @throws FaptError `image-unreadable`
 */
export async function decodeImage(
  path: string,
  size: number,
  transform: Transform,
): Promise<Uint8Array> {
  try {
    const image = sharp(path, {
      failOn: 'error',
      pages: 1,
      autoOrient: false,
      limitInputPixels: 500_000_000,
    });
    const { width, height } = await image.metadata();
    const rgb = image.removeAlpha().toColourspace('srgb');
    const shaped =
      width === size && height === size ? rgb : resizeTo(rgb, width, height, size, transform);
    const { data, info } = await shaped
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    return channelsFirst(data, size, info.channels);
  } catch (cause) {
    throw new FaptError(
      'image-unreadable',
      `${path} could not be read as an image (${messageOf(cause).split('\n')[0]}): replace or remove it.`,
      { cause },
    );
  }
}

function resizeTo(
  image: Sharp,
  width: number,
  height: number,
  size: number,
  transform: Transform,
): Sharp {
  const options = { kernel: 'cubic', fit: 'fill', fastShrinkOnLoad: false } as const;
  if (transform === 'squash') return image.resize(size, size, options);
  const short = Math.min(width, height);
  const [w, h] = [Math.trunc((size * width) / short), Math.trunc((size * height) / short)];
  const [left, top] = [centre(w - size), centre(h - size)];
  return image.resize(w, h, options).extract({ left, top, width: size, height: size });
}

/** Half of an excess, halves rounded to even as Python's `round` does in torchvision's CenterCrop. */
function centre(excess: number): number {
  const half = Math.floor(excess / 2);
  return excess % 2 !== 0 && half % 2 !== 0 ? half + 1 : half;
}

/** Interleaved bytes -> planes; one channel (grey) is repeated. */
function channelsFirst(data: Uint8Array, size: number, channels: number): Uint8Array {
  const plane = size * size;
  const planes = new Uint8Array(3 * plane);
  for (let channel = 0; channel < 3; channel += 1) {
    const source = channels >= 3 ? channel : 0;
    for (let i = 0; i < plane; i += 1)
      planes[channel * plane + i] = data[i * channels + source] as number;
  }
  return planes;
}
