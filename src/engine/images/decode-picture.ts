import sharp, { type Sharp } from 'sharp';
import { oneAtATime } from '../../shared/one-at-a-time.ts';
import { hasAdobeMark } from './adobe-mark.ts';
import type { Picture } from './picture.ts';
import { type PictureFile, readPictureFile, refusal } from './picture-file.ts';

/** Larger pictures are decoded one at a time. */
const MANY_PIXELS = 16_000_000;

const large = oneAtATime();

/**
 * The one rule by which a file becomes pixels, for the model, the thumbnail and the map: upright by its
 * EXIF orientation; 8-bit RGB; and else as Pillow's `convert("RGB")`, which CLIP's preprocessing calls:
 * grey fills three channels, transparency is dropped so that the colours under it show, CMYK is
 * converted without a profile, colour profiles are ignored, of animations and pages the first counts.
 * Of 16 bits the upper 8 are kept.
 *
 * @param source a path, or what `readPictureFile` made of it
 * @throws PictureRefused where the file is no picture, damaged or enormous
 */
export async function decodePicture(source: string | PictureFile): Promise<Picture> {
  const file = typeof source === 'string' ? await readPictureFile(source) : source;
  if (file.metadata.space !== 'cmyk') return decodeWith(file, decodeRgb);
  // The decoder takes every JPEG's inks for inverted, as Adobe writes them.
  const inverted = file.type === 'jpeg' && !hasAdobeMark(file.bytes);
  return decodeWith(file, (decoder) => decodeInks(decoder, inverted));
}

/**
 * Gives `use` the decoder of a file, upright and strict: a picture that is cut off is refused, not
 * filled up. Memory stays bounded, since large pictures wait for each other.
 *
 * @throws PictureRefused for whatever `use` throws
 */
export async function decodeWith<R>(
  file: PictureFile,
  use: (decoder: Sharp) => Promise<R>,
): Promise<R> {
  const decode = () =>
    use(
      sharp(file.bytes, {
        failOn: 'error',
        pages: 1,
        autoOrient: true,
        ignoreIcc: true,
        // The limits of `readPictureFile` hold instead.
        limitInputPixels: false,
      }),
    );
  try {
    return await (file.width * file.height > MANY_PIXELS ? large(decode) : decode());
  } catch (error) {
    throw refusal(file.path, error);
  }
}

async function decodeRgb(decoder: Sharp): Promise<Picture> {
  const { data, info } = await decoder
    .removeAlpha()
    .toColourspace('srgb')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  const { width, height, channels } = info;
  if (channels !== 3) throw new Error(`it decodes to ${channels} channels instead of 3`);
  return { width, height, rgb: data };
}

async function decodeInks(decoder: Sharp, inverted: boolean): Promise<Picture> {
  const { data, info } = await decoder
    .pipelineColourspace('cmyk')
    .toColourspace('cmyk')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  const inks = inverted ? data.map((ink) => 255 - ink) : data;
  return { width: info.width, height: info.height, rgb: inksToRgb(inks, info.channels) };
}

/** Light that the inks leave: white less black, less each ink's share of it (Pillow's Convert.c). */
function inksToRgb(inks: Uint8Array, channels: number): Uint8Array {
  const pixels = inks.length / channels;
  const rgb = new Uint8Array(3 * pixels);
  for (let pixel = 0; pixel < pixels; pixel += 1) {
    const light = 255 - (inks[pixel * channels + 3] as number);
    for (let ink = 0; ink < 3; ink += 1) {
      const product = (inks[pixel * channels + ink] as number) * light + 128;
      rgb[3 * pixel + ink] = light - (((product >> 8) + product) >> 8);
    }
  }
  return rgb;
}
