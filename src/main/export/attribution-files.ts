import { join } from 'node:path';
import { symmetricLimit } from '../../shared/color-scale.ts';
import { csvOf } from '../../shared/csv.ts';
import type { Attribution } from '../../shared/engine-contract.ts';
import { mapPng, overlayPng, type Pixels, picturePng } from './map-image.ts';
import { npyBytes } from './npy.ts';
import { writeWhole } from './write-whole.ts';

const WIDTH = 448;
const SIDES = ['clean', 'adversarial'] as const;

/**
 * Writes an attribution into `folder`: its numbers as JSON, and for the clean and the adversarial
 * image the picture, the map and the overlay as PNG, the pixels and the map as raw values (NumPy,
 * and the map as CSV too).
 * Both sides share one colour scale.
 * @param numbers what goes into `attribution.json` besides the scale
 * @returns the files written, absolute
 */
export async function writeAttributionFiles(
  folder: string,
  attribution: Pick<Attribution, 'grid' | 'image' | 'pixels'>,
  numbers: object,
): Promise<string[]> {
  const limit = symmetricLimit([attribution.image.clean, attribution.image.adversarial]);
  const files: string[] = [];
  const write = async (name: string, content: string | Uint8Array) => {
    const file = join(folder, name);
    await writeWhole(file, content);
    files.push(file);
  };
  await write(
    'attribution.json',
    `${JSON.stringify({ ...numbers, scaleLimit: limit }, null, 2)}\n`,
  );
  for (const side of SIDES) {
    const pixels: Pixels = { size: attribution.pixels.size, values: attribution.pixels[side] };
    const map = { values: attribution.image[side], grid: attribution.grid };
    await write(`image-${side}.png`, await picturePng(pixels, WIDTH));
    await write(`map-${side}.png`, await mapPng(map, limit, WIDTH));
    await write(`overlay-${side}.png`, await overlayPng(pixels, map, limit, WIDTH));
    await write(`pixels-${side}.npy`, npyBytes(pixels.values, [3, pixels.size, pixels.size]));
    await write(`map-${side}.csv`, mapCsv(map));
    await write(`map-${side}.npy`, npyBytes(Float32Array.from(map.values), [...map.grid]));
  }
  return files;
}

/** One line a patch, by its row and column. */
function mapCsv({
  values,
  grid: [, columns],
}: {
  values: readonly number[];
  grid: [number, number];
}) {
  const rows = values.map((value, index) => [Math.floor(index / columns), index % columns, value]);
  return csvOf(['row', 'column', 'value'], rows);
}
