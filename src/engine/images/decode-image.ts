import type { MersenneTwister } from '../../shared/mersenne-twister.ts';
import { decodePicture } from './decode-picture.ts';
import { framePicture, randomRectangle, type Transform } from './framing.ts';
import { resample } from './resample.ts';

/**
 * An image as the model sees it: 8-bit RGB at the model's size, channels first: [3, size, size].
 * The pixels of CLIP's own preprocessing (Pillow and torchvision), EXIF orientation aside; an image
 * that already has the size is taken as it is.
 *
 * @throws PictureRefused
 */
export async function decodeImage(
  path: string,
  size: number,
  transform: Transform,
): Promise<Uint8Array> {
  const picture = await decodePicture(path);
  const { resized, left, top } = framePicture(picture, size, transform);
  const whole = { left: 0, top: 0, width: picture.width, height: picture.height };
  const square = { left, top, width: size, height: size };
  return channelsFirst(resample(picture, whole, resized, square).rgb);
}

/**
 * A random part of the image, resized to the square and mirrored half of the time: the training images
 * of CoOp and MaPLe (methods 1.4).
 *
 * @param random decides the part; the same draws give the same pixels
 * @throws PictureRefused
 */
export async function decodeRandomCrop(
  path: string,
  size: number,
  random: MersenneTwister,
): Promise<Uint8Array> {
  const picture = await decodePicture(path);
  const region = randomRectangle(picture, random);
  const { rgb } = resample(picture, region, { width: size, height: size });
  const planes = channelsFirst(rgb);
  return random.random() < 0.5 ? mirrored(planes, size) : planes;
}

/** Interleaved bytes -> planes. */
function channelsFirst(rgb: Uint8Array): Uint8Array {
  const plane = rgb.length / 3;
  const planes = new Uint8Array(rgb.length);
  for (let channel = 0; channel < 3; channel += 1) {
    for (let i = 0; i < plane; i += 1) planes[channel * plane + i] = rgb[3 * i + channel] as number;
  }
  return planes;
}

/** Each row backwards. */
function mirrored(planes: Uint8Array, width: number): Uint8Array {
  for (let row = 0; row < planes.length; row += width) planes.subarray(row, row + width).reverse();
  return planes;
}
