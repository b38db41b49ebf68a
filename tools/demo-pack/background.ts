import type { Random } from './random.ts';

export type Colour = readonly [number, number, number];

/** Width and height of every picture. */
export const FRAME = 64;
/** Values of one picture: rows, columns, channels, 0..255. */
export const PICTURE_VALUES = FRAME * FRAME * 3;

/** What a background's colour at (x, y) is; x and y are pixels. */
type Shader = (x: number, y: number) => number;

export const mixed = (a: number, b: number, share: number): number => a + (b - a) * share;

export function randomColour(random: Random): Colour {
  return [random.between(10, 246), random.between(10, 246), random.between(10, 246)];
}

/** Euclidean distance in RGB, 0..441. */
export const distance = (a: Colour, b: Colour): number =>
  Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);

/** A colour at least `least` away from `avoided`; the farthest of a few tries where none is. */
export function colourAwayFrom(avoided: Colour, least: number, random: Random): Colour {
  let best = randomColour(random);
  for (let i = 0; i < 6 && distance(best, avoided) < least; i++) {
    const other = randomColour(random);
    if (distance(other, avoided) > distance(best, avoided)) best = other;
  }
  return best;
}

const smooth = (t: number): number => t * t * (3 - 2 * t);

/** A grid of random values, smoothly filled in between: 0..1. */
function noise(cells: number, random: Random): Shader {
  const side = cells + 2;
  const grid = Float32Array.from({ length: side * side }, () => random.next());
  const at = (column: number, row: number): number => grid[row * side + column] as number;
  return (x, y) => {
    const [u, v] = [(x / FRAME) * cells, (y / FRAME) * cells];
    const [column, row] = [Math.floor(u), Math.floor(v)];
    const [a, b] = [smooth(u - column), smooth(v - row)];
    return mixed(
      mixed(at(column, row), at(column + 1, row), a),
      mixed(at(column, row + 1), at(column + 1, row + 1), a),
      b,
    );
  };
}

function cloudy(random: Random): Shader {
  const layers = [2, 5, 11].map((cells) => noise(cells + random.below(2), random));
  return (x, y) =>
    layers.reduce((sum, layer, i) => sum + layer(x, y) * ([0.55, 0.3, 0.15][i] as number), 0);
}

function linear(random: Random): Shader {
  const angle = random.between(0, 2 * Math.PI);
  const [dx, dy] = [Math.cos(angle), Math.sin(angle)];
  const reach = (Math.abs(dx) + Math.abs(dy)) * FRAME;
  return (x, y) => 0.5 + ((x - FRAME / 2) * dx + (y - FRAME / 2) * dy) / reach;
}

function radial(random: Random): Shader {
  const [cx, cy] = [random.between(0, FRAME), random.between(0, FRAME)];
  const reach = random.between(0.7, 1.3) * FRAME;
  return (x, y) => Math.min(1, Math.hypot(x - cx, y - cy) / reach);
}

function stripes(random: Random): Shader {
  const along = linear(random);
  const [count, sharpness] = [random.between(3, 9), random.between(1, 5)];
  return (x, y) => {
    const wave = Math.sin(along(x, y) * count * 2 * Math.PI) * sharpness;
    return 0.5 + 0.5 * Math.max(-1, Math.min(1, wave));
  };
}

function checks(random: Random): Shader {
  const [angle, cell] = [random.between(0, Math.PI), random.between(6, 16)];
  const [c, s] = [Math.cos(angle) / cell, Math.sin(angle) / cell];
  return (x, y) => (Math.floor(x * c + y * s) + Math.floor(y * c - x * s)) & 1;
}

function dots(random: Random): Shader {
  const [cell, radius] = [random.between(7, 15), random.between(0.2, 0.42)];
  const [ox, oy] = [random.between(0, cell), random.between(0, cell)];
  return (x, y) => {
    const [u, v] = [((x + ox) / cell) % 1, ((y + oy) / cell) % 1];
    return Math.max(0, Math.min(1, (radius - Math.hypot(u - 0.5, v - 0.5)) * cell + 0.5));
  };
}

const flat = (): Shader => () => 0;

const SHADERS: readonly ((random: Random) => Shader)[] = [
  flat,
  flat,
  linear,
  linear,
  radial,
  cloudy,
  cloudy,
  stripes,
  checks,
  dots,
];

/**
 * Paints a background of two colours.
 * @param avoided the drawing's mean colour, from which the first colour keeps `contrast` (RGB distance)
 * @returns [64 * 64 * 3] rows, columns, channels, 0..255
 */
export function paintBackground(random: Random, avoided: Colour, contrast: number): Float32Array {
  const shader = (SHADERS[random.below(SHADERS.length)] as (random: Random) => Shader)(random);
  const first = colourAwayFrom(avoided, contrast, random);
  const second = colourAwayFrom(avoided, contrast / 2, random);
  // Near colours as often as far ones: a pattern need not shout.
  const strength = random.between(0.25, 1);
  const picture = new Float32Array(PICTURE_VALUES);
  for (let y = 0; y < FRAME; y++) {
    for (let x = 0; x < FRAME; x++) {
      const share = shader(x + 0.5, y + 0.5) * strength;
      const at = (y * FRAME + x) * 3;
      for (let c = 0; c < 3; c++)
        picture[at + c] = mixed(first[c] as number, second[c] as number, share);
    }
  }
  return picture;
}
