import sharp from 'sharp';
import { coverOf, divergingColor } from '../../shared/color-scale.ts';
import { upsample } from '../../shared/upsample.ts';

/** Pixels in [0, 1], channels first: [3, size, size]. */
export type Pixels = { size: number; values: Float32Array };
export type SignedMap = { values: readonly number[]; grid: readonly [number, number] };

/** How strongly a value at the scale's limit covers the picture below it. */
const OPACITY = 0.9;

/** The picture as PNG, each pixel repeated so that it is at least `width` wide. */
export async function picturePng(pixels: Pixels, width: number): Promise<Buffer> {
  return enlarge(eightBits(pixels), pixels.size, width);
}

/** The picture as PNG, pixel by pixel, each value rounded to the nearest of 256. */
export function pixelsPng(pixels: Pixels): Promise<Buffer> {
  return picturePng(pixels, pixels.size);
}

function eightBits(pixels: Pixels): Buffer {
  const bytes = Buffer.alloc(pixels.size ** 2 * 3);
  eachPixel(pixels, (at, rgb) => {
    for (let channel = 0; channel < 3; channel++) {
      const value = Math.max(0, Math.min(1, rgb[channel] ?? 0));
      bytes[at * 3 + channel] = Math.round(255 * value);
    }
  });
  return bytes;
}

/**
 * A signed map over the picture in grey, as PNG. Colour says the sign, its strength the magnitude.
 * @param limit the value at the end of the scale, the same for all maps that are compared
 */
export async function overlayPng(
  pixels: Pixels,
  map: SignedMap,
  limit: number,
  width: number,
): Promise<Buffer> {
  const field = upsample(map.values, map.grid, pixels.size);
  const bytes = Buffer.alloc(pixels.size ** 2 * 3);
  eachPixel(pixels, (at, [red = 0, green = 0, blue = 0]) => {
    const grey = 255 * (0.299 * red + 0.587 * green + 0.114 * blue);
    const share = Math.max(-1, Math.min(1, (field[at] ?? 0) / limit));
    const cover = coverOf(share, OPACITY);
    divergingColor(share).forEach((value, channel) => {
      bytes[at * 3 + channel] = Math.round(cover * value + (1 - cover) * grey);
    });
  });
  return enlarge(bytes, pixels.size, width);
}

/** The map's own values as a grey-free PNG without any picture, one cell a pixel. */
export async function mapPng(map: SignedMap, limit: number, width: number): Promise<Buffer> {
  const [rows, columns] = map.grid;
  const bytes = Buffer.from(map.values.flatMap((value) => divergingColor(value / limit)));
  const scale = Math.max(1, Math.round(width / columns));
  return sharp(bytes, { raw: { width: columns, height: rows, channels: 3 } })
    .resize(columns * scale, rows * scale, { kernel: 'nearest' })
    .png()
    .toBuffer();
}

function eachPixel({ size, values }: Pixels, visit: (at: number, rgb: number[]) => void): void {
  const plane = size * size;
  for (let at = 0; at < plane; at++) {
    visit(at, [values[at] ?? 0, values[plane + at] ?? 0, values[2 * plane + at] ?? 0]);
  }
}

async function enlarge(bytes: Buffer, size: number, width: number): Promise<Buffer> {
  const times = Math.max(1, Math.ceil(width / size));
  return sharp(bytes, { raw: { width: size, height: size, channels: 3 } })
    .resize(size * times, size * times, { kernel: 'nearest' })
    .png({ compressionLevel: 9 })
    .toBuffer();
}
