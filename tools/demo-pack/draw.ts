import { FRAME, paintBackground } from './background.ts';
import { paintShape } from './clutter.ts';
import type { Difficulty } from './difficulty.ts';
import { type Random, randomFor } from './random.ts';
import type { Sprite } from './sprite.ts';

/** Samples a side of each pixel: a drawing shrunk to a third would shimmer with one. */
const SAMPLES = 2;

/** 3 x 3, rows first: acts on a colour column. */
type ColourMatrix = readonly number[];

const degrees = (value: number): number => (value * Math.PI) / 180;

/** A number of shapes within the range, both ends included. */
const countWithin = (range: readonly [number, number], random: Random): number =>
  range[0] + random.below(range[1] - range[0] + 1);

/** Turns hue (the standard luminance-keeping rotation of SVG's hueRotate), saturates and brightens. */
function colourMatrix(random: Random, difficulty: Difficulty): ColourMatrix {
  const hue = degrees(random.between(-difficulty.hue, difficulty.hue));
  const saturation = random.between(...difficulty.saturation);
  const brightness = random.between(...difficulty.brightness);
  const [c, s] = [Math.cos(hue) * saturation, Math.sin(hue) * saturation];
  const [r, g, b] = [0.213, 0.715, 0.072];
  return [
    r + c * (1 - r) - s * r,
    g - c * g - s * g,
    b - c * b + s * (1 - b),
    r - c * r + s * 0.143,
    g + c * (1 - g) + s * 0.14,
    b - c * b - s * 0.283,
    r - c * r - s * (1 - r),
    g - c * g + s * g,
    b + c * (1 - b) + s * b,
  ].map((value) => value * brightness);
}

/** Where frame coordinates lie in the sprite: u = a x + b y + e, v = c x + d y + f. */
interface Placement {
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly d: number;
  readonly e: number;
  readonly f: number;
}

function place(sprite: Sprite, random: Random, difficulty: Difficulty): Placement {
  const longest = random.between(...difficulty.size) * FRAME;
  const scale = longest / Math.max(sprite.width, sprite.height);
  const reach = random.chance(difficulty.wideRotationShare)
    ? difficulty.wideRotation
    : difficulty.rotation;
  const angle = degrees(random.between(-reach, reach));
  const mirror = random.chance(0.5) ? -1 : 1;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const halfOf = (along: number, across: number): number =>
    ((along * Math.abs(cos) + across * Math.abs(sin)) * scale) / 2 - difficulty.overhang * longest;
  const centre = (half: number): number => {
    const room = Math.max(0, FRAME / 2 - half);
    return FRAME / 2 + random.between(-room, room);
  };
  const cx = centre(halfOf(sprite.width, sprite.height));
  const cy = centre(halfOf(sprite.height, sprite.width));
  const [a, b, c, d] = [(mirror * cos) / scale, (mirror * sin) / scale, -sin / scale, cos / scale];
  return {
    a,
    b,
    c,
    d,
    e: sprite.width / 2 - a * cx - b * cy,
    f: sprite.height / 2 - c * cx - d * cy,
  };
}

/** Adds the sprite's colour at (u, v), with `weight`, to `sum` (RGBA), bilinearly. */
function sample(sprite: Sprite, u: number, v: number, weight: number, sum: Float64Array): void {
  const [x, y] = [Math.floor(u - 0.5), Math.floor(v - 0.5)];
  const [dx, dy] = [u - 0.5 - x, v - 0.5 - y];
  for (let j = 0; j < 2; j++) {
    const row = y + j;
    if (row < 0 || row >= sprite.height) continue;
    for (let i = 0; i < 2; i++) {
      const column = x + i;
      if (column < 0 || column >= sprite.width) continue;
      const share = weight * (i ? dx : 1 - dx) * (j ? dy : 1 - dy);
      const at = (row * sprite.width + column) * 4;
      for (let k = 0; k < 4; k++)
        sum[k] = (sum[k] as number) + share * (sprite.pixels[at + k] as number);
    }
  }
}

function compose(
  picture: Float32Array,
  sprite: Sprite,
  where: Placement,
  matrix: ColourMatrix,
): void {
  const sum = new Float64Array(4);
  const step = 1 / SAMPLES;
  for (let y = 0; y < FRAME; y++) {
    for (let x = 0; x < FRAME; x++) {
      sum.fill(0);
      for (let k = 0; k < SAMPLES * SAMPLES; k++) {
        const px = x + ((k % SAMPLES) + 0.5) * step;
        const py = y + (Math.floor(k / SAMPLES) + 0.5) * step;
        const u = where.a * px + where.b * py + where.e;
        const v = where.c * px + where.d * py + where.f;
        sample(sprite, u, v, step * step, sum);
      }
      const [r, g, b, alpha] = sum as unknown as [number, number, number, number];
      if (alpha === 0) continue;
      const at = (y * FRAME + x) * 3;
      for (let k = 0; k < 3; k++) {
        // The matrix is linear, so it may act on colours already multiplied by alpha.
        const [mr, mg, mb] = matrix.slice(k * 3, k * 3 + 3) as [number, number, number];
        const colour = Math.max(0, Math.min(alpha, mr * r + mg * g + mb * b));
        picture[at + k] = colour + (picture[at + k] as number) * (1 - alpha / 255);
      }
    }
  }
}

/**
 * Draws a sprite on a background of its own, wholly decided by `key`.
 * @returns [64 * 64 * 3] rows, columns, channels, 0..255
 */
export function drawPicture(sprite: Sprite, key: string, difficulty: Difficulty): Uint8Array {
  const random = randomFor(key);
  const { contrast, clutterBehind, clutterOver } = difficulty;
  const picture = paintBackground(random, sprite.meanColour, contrast);
  for (let left = countWithin(clutterBehind, random); left > 0; left--) {
    paintShape(picture, random, [3, 13], sprite.meanColour, contrast / 2);
  }
  compose(picture, sprite, place(sprite, random, difficulty), colourMatrix(random, difficulty));
  for (let left = countWithin(clutterOver, random); left > 0; left--) {
    paintShape(picture, random, [2, 6], sprite.meanColour, contrast);
  }
  return Uint8Array.from(picture, (value) => Math.round(Math.max(0, Math.min(255, value))));
}
