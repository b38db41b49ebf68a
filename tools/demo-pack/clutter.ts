import { type Colour, colourAwayFrom, FRAME, mixed } from './background.ts';
import type { Random } from './random.ts';

/** How much of a pixel a shape covers, 0..1; u and v are in half-widths of the shape. */
const OUTLINES: readonly ((u: number, v: number) => number)[] = [
  (u, v) => Math.hypot(u, v),
  (u, v) => Math.max(Math.abs(u), Math.abs(v)),
  (u, v) => Math.abs(u) + Math.abs(v),
  (u, v) => Math.max(-v, 0.87 * Math.abs(u) + 0.5 * v) * 1.6,
  (u, v) => Math.abs(Math.hypot(u, v) - 0.75) * 4,
];

/**
 * Paints one shape (ellipse, box, diamond, triangle or ring) over the picture, in place.
 * @param picture [64 * 64 * 3] 0..255
 * @param size the range of its half-widths in pixels
 */
export function paintShape(
  picture: Float32Array,
  random: Random,
  size: readonly [number, number],
  avoided: Colour,
  contrast: number,
): void {
  const outline = OUTLINES[random.below(OUTLINES.length)] as (u: number, v: number) => number;
  const colour = colourAwayFrom(avoided, contrast, random);
  const opacity = random.between(0.5, 1);
  const [cx, cy] = [random.between(0, FRAME), random.between(0, FRAME)];
  const [width, height] = [random.between(...size), random.between(...size)];
  const angle = random.between(0, 2 * Math.PI);
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  const softness = Math.min(width, height) * 0.7;
  for (let y = 0; y < FRAME; y++) {
    for (let x = 0; x < FRAME; x++) {
      const [dx, dy] = [x + 0.5 - cx, y + 0.5 - cy];
      const edge = outline((dx * c + dy * s) / width, (dy * c - dx * s) / height);
      const share = Math.max(0, Math.min(1, (1 - edge) * softness + 0.5)) * opacity;
      if (share === 0) continue;
      const at = (y * FRAME + x) * 3;
      for (let k = 0; k < 3; k++) {
        picture[at + k] = mixed(picture[at + k] as number, colour[k] as number, share);
      }
    }
  }
}
