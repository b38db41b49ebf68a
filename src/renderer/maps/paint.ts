import type { Raster } from './rasters.ts';
import { patchRectangle, type Rectangle, type Scene } from './scene.ts';
import type { Patch } from './signed-map.ts';
import { type Projection, project, toTile, type View } from './view.ts';

export type Surface = CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D;

/** What lies in a tile, from below to above. */
export type TileLayers = {
  /** The whole picture, where the scene shows more than the model's square. */
  surroundings: CanvasImageSource | null;
  /** On the model's square. */
  picture: CanvasImageSource;
  /** Lies on the picture as `opacity` says, the picture in grey below it; null: the picture alone. */
  map: {
    grey: CanvasImageSource;
    colors: CanvasImageSource;
    opacity: number;
    smooth: boolean;
  } | null;
};

/** A raster as what a canvas draws. */
export function toImage({ width, height, data }: Raster): OffscreenCanvas {
  const canvas = new OffscreenCanvas(width, height);
  canvas.getContext('2d')?.putImageData(new ImageData(data, width, height), 0, 0);
  return canvas;
}

/** Draws a square tile of `size` at the surface's origin. */
export function paintTile(
  surface: Surface,
  size: number,
  scene: Scene,
  view: View,
  layers: TileLayers,
): void {
  const projection = project(scene, view, size);
  surface.save();
  surface.beginPath();
  surface.rect(0, 0, size, size);
  surface.clip();
  // Pixels of a picture stay squares: an attack changes single ones.
  surface.imageSmoothingEnabled = false;
  if (layers.surroundings) {
    surface.globalAlpha = 0.4;
    draw(surface, layers.surroundings, toTile(projection, wholeOf(scene)));
    surface.globalAlpha = 1;
  }
  const crop = toTile(projection, scene.crop);
  draw(surface, layers.picture, crop);
  if (layers.map) {
    surface.globalAlpha = layers.map.opacity;
    draw(surface, layers.map.grey, crop);
    surface.imageSmoothingEnabled = layers.map.smooth;
    draw(surface, layers.map.colors, crop);
    surface.globalAlpha = 1;
  }
  if (layers.surroundings) outline(surface, crop, 1);
  surface.restore();
}

/** A frame around a patch, seen on light and on dark. */
export function paintCursor(
  surface: Surface,
  size: number,
  scene: Scene,
  view: View,
  grid: readonly [number, number],
  patch: Patch,
): void {
  const projection: Projection = project(scene, view, size);
  outline(surface, toTile(projection, patchRectangle(patch, scene, grid)), 2);
}

function wholeOf({ width, height }: Scene): Rectangle {
  return { left: 0, top: 0, width, height };
}

function draw(surface: Surface, image: CanvasImageSource, at: Rectangle): void {
  surface.drawImage(image, at.left, at.top, at.width, at.height);
}

function outline(surface: Surface, at: Rectangle, width: number): void {
  for (const [color, extra] of [
    ['#000', 2],
    ['#fff', 0],
  ] as const) {
    surface.strokeStyle = color;
    surface.lineWidth = width + extra;
    surface.strokeRect(at.left, at.top, at.width, at.height);
  }
}
