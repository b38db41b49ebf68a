import type { MersenneTwister } from '../../shared/mersenne-twister.ts';
import type { Rectangle, Size } from './picture.ts';

/**
 * How an image becomes a square of the model's size (methods 1.4): `squash` resizes both sides
 * (training of FAP and its relatives), `crop` resizes the shorter side and cuts out the centre (test).
 */
export type Transform = 'squash' | 'crop';

/** The square that a model sees of a picture. */
export type Frame = {
  /** The whole picture after resizing. */
  resized: Size;
  /** Where the square begins in it. */
  left: number;
  top: number;
  /** The square in the picture's own pixels; parts of pixels count. */
  rectangle: Rectangle;
};

/** Where the model's square of `size` lies in a picture, by torchvision's Resize and CenterCrop. */
export function framePicture(picture: Size, size: number, transform: Transform): Frame {
  const resized = transform === 'squash' ? { width: size, height: size } : fitted(picture, size);
  const [left, top] = [centre(resized.width - size), centre(resized.height - size)];
  const [across, down] = [picture.width / resized.width, picture.height / resized.height];
  const rectangle = {
    left: left * across,
    top: top * down,
    width: size * across,
    height: size * down,
  };
  return { resized, left, top, rectangle };
}

/** The shorter side at `size`, the longer cut to a whole pixel: `int(size * long / short)`. */
function fitted({ width, height }: Size, size: number): Size {
  const short = Math.min(width, height);
  return {
    width: Math.trunc((size * width) / short),
    height: Math.trunc((size * height) / short),
  };
}

/** Half of an excess, halves rounded to even as Python's `round` does in torchvision's CenterCrop. */
function centre(excess: number): number {
  const half = Math.floor(excess / 2);
  return excess % 2 !== 0 && half % 2 !== 0 ? half + 1 : half;
}

/**
 * The part that RandomResizedCrop takes: 8 to 100 % of the area with sides between 3:4 and 4:3. Ten
 * tries at one inside the picture, else the largest centred one of an allowed shape.
 */
export function randomRectangle({ width, height }: Size, random: MersenneTwister): Rectangle {
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
  const w = ratio > wide ? Math.max(1, Math.round(height * wide)) : width;
  const h = ratio < narrow ? Math.max(1, Math.round(width / narrow)) : height;
  return {
    left: Math.floor((width - w) / 2),
    top: Math.floor((height - h) / 2),
    width: w,
    height: h,
  };
}
