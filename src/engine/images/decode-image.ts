import sharp, { type Region, type Sharp } from 'sharp';
import { FaptError, messageOf } from '../../shared/errors.ts';
import type { MersenneTwister } from '../../shared/mersenne-twister.ts';

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
  return decode(path, size, (rgb, width, height) =>
    width === size && height === size ? rgb : resizeTo(rgb, width, height, size, transform),
  );
}

/**
 * A random crop of 8 to 100 % of the area with sides between 3:4 and 4:3, resized to the square and
 * mirrored half of the time: the training images of CoOp and MaPLe (methods 1.4).
 *
 * @param random decides the crop; the same draws give the same picture
 * @throws FaptError `image-unreadable`
 */
export async function decodeRandomCrop(
  path: string,
  size: number,
  random: MersenneTwister,
): Promise<Uint8Array> {
  return decode(path, size, (rgb, width, height) => {
    const region = randomRegion(width, height, random);
    const cut = rgb.extract(region).resize(size, size, RESIZE);
    return random.random() < 0.5 ? cut.flop() : cut;
  });
}

const RESIZE = { kernel: 'cubic', fit: 'fill', fastShrinkOnLoad: false } as const;

/** Ten tries at a region inside the picture, else the largest centred one of an allowed shape. */
function randomRegion(width: number, height: number, random: MersenneTwister): Region {
  const [narrow, wide] = [3 / 4, 4 / 3];
  for (let attempt = 0; attempt < 10; attempt += 1) {
    const area = width * height * (0.08 + 0.92 * random.random());
    const ratio = Math.exp(Math.log(narrow) + Math.log(wide / narrow) * random.random());
    const [w, h] = [Math.round(Math.sqrt(area * ratio)), Math.round(Math.sqrt(area / ratio))];
    if (w < 1 || h < 1 || w > width || h > height) continue;
    const [left, top] = [random.randbelow(width - w + 1), random.randbelow(height - h + 1)];
    return { left, top, width: w, height: h };
  }
  const ratio = width / height;
  const w = ratio > wide ? Math.round(height * wide) : width;
  const h = ratio < narrow ? Math.round(width / narrow) : height;
  return {
    left: Math.floor((width - w) / 2),
    top: Math.floor((height - h) / 2),
    width: w,
    height: h,
  };
}

async function decode(
  path: string,
  size: number,
  shape: (rgb: Sharp, width: number, height: number) => Sharp,
): Promise<Uint8Array> {
  try {
    const image = sharp(path, {
      failOn: 'error',
      pages: 1,
      autoOrient: false,
      limitInputPixels: 500_000_000,
    });
    const { width, height } = await image.metadata();
    const shaped = shape(image.removeAlpha().toColourspace('srgb'), width, height);
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
  if (transform === 'squash') return image.resize(size, size, RESIZE);
  const short = Math.min(width, height);
  const [w, h] = [Math.trunc((size * width) / short), Math.trunc((size * height) / short)];
  const [left, top] = [centre(w - size), centre(h - size)];
  return image.resize(w, h, RESIZE).extract({ left, top, width: size, height: size });
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
