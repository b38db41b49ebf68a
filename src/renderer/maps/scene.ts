import type { PicturePosition } from '../../shared/explained-parts.ts';
import type { Patch } from './signed-map.ts';

export type Rectangle = { left: number; top: number; width: number; height: number };
export type Point = { x: number; y: number };

/** What a tile shows, in its own unit, and where in it the model's square lies. */
export type Scene = { width: number; height: number; crop: Rectangle };

/** The model's square alone, a unit wide. */
export const SQUARE: Scene = {
  width: 1,
  height: 1,
  crop: { left: 0, top: 0, width: 1, height: 1 },
};

/** The whole picture, upright. */
export function wholeScene({ width, height, crop }: PicturePosition): Scene {
  return { width, height, crop };
}

/** The patch under a point of the scene; null outside the model's square. */
export function patchAt(
  { x, y }: Point,
  { crop }: Scene,
  [rows, columns]: readonly [number, number],
): Patch | null {
  const row = Math.floor(((y - crop.top) / crop.height) * rows);
  const column = Math.floor(((x - crop.left) / crop.width) * columns);
  const isInside = row >= 0 && column >= 0 && row < rows && column < columns;
  return isInside ? { row, column } : null;
}

/** Where a patch lies in the scene. */
export function patchRectangle(
  { row, column }: Patch,
  { crop }: Scene,
  [rows, columns]: readonly [number, number],
): Rectangle {
  const width = crop.width / columns;
  const height = crop.height / rows;
  return { left: crop.left + column * width, top: crop.top + row * height, width, height };
}
