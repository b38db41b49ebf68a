import sharp from 'sharp';
import type { Drawing } from './concepts.ts';

/** Width and height a drawing is rendered at before it is put into pictures. */
export const SPRITE_SIZE = 96;

/** A rendered drawing, cut to its outline: RGBA, colours multiplied by alpha, 0..255. */
export interface Sprite {
  readonly width: number;
  readonly height: number;
  readonly pixels: Float32Array;
  /** Mean colour of what is opaque, 0..255. */
  readonly meanColour: readonly [number, number, number];
}

/** Renders a drawing and cuts it to its outline. @throws where nothing in it is opaque. */
export async function rasterise(drawing: Drawing): Promise<Sprite> {
  const input = 'svg' in drawing.source ? Buffer.from(drawing.source.svg) : drawing.source.path;
  const { data } = await sharp(input)
    .resize(SPRITE_SIZE, SPRITE_SIZE, {
      fit: 'contain',
      background: { r: 0, g: 0, b: 0, alpha: 0 },
    })
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return cutToOutline(data, drawing.id);
}

function cutToOutline(rgba: Buffer, id: string): Sprite {
  let [left, top, right, bottom] = [SPRITE_SIZE, SPRITE_SIZE, -1, -1];
  for (let i = 0; i < SPRITE_SIZE * SPRITE_SIZE; i++) {
    if ((rgba[i * 4 + 3] as number) < 16) continue;
    const x = i % SPRITE_SIZE;
    const y = (i - x) / SPRITE_SIZE;
    left = Math.min(left, x);
    right = Math.max(right, x);
    top = Math.min(top, y);
    bottom = Math.max(bottom, y);
  }
  if (right < 0)
    throw new Error(`The drawing ${id} renders to nothing; drop it or mend its source.`);
  const [width, height] = [right - left + 1, bottom - top + 1];
  const pixels = new Float32Array(width * height * 4);
  const sum = [0, 0, 0, 0] as [number, number, number, number];
  for (let i = 0; i < width * height; i++) {
    const from = ((Math.floor(i / width) + top) * SPRITE_SIZE + (i % width) + left) * 4;
    const alpha = rgba[from + 3] as number;
    for (let c = 0; c < 3; c++) {
      const value = ((rgba[from + c] as number) * alpha) / 255;
      pixels[i * 4 + c] = value;
      sum[c] = (sum[c] as number) + value;
    }
    pixels[i * 4 + 3] = alpha;
    sum[3] += alpha / 255;
  }
  return {
    width,
    height,
    pixels,
    meanColour: [sum[0] / sum[3], sum[1] / sum[3], sum[2] / sum[3]],
  };
}
