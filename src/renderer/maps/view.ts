import type { Point, Rectangle, Scene } from './scene.ts';

/** What of a scene is seen: how much it is enlarged, and its middle as shares of width and height. */
export type View = { zoom: number; x: number; y: number };

export const WHOLE: View = { zoom: 1, x: 0.5, y: 0.5 };
const MAX_ZOOM = 32;

/** Scene coordinates to pixels of a square tile of `size`: at zoom 1 the whole scene is inside. */
export type Projection = { scale: number; left: number; top: number };

export function project(scene: Scene, { zoom, x, y }: View, size: number): Projection {
  const scale = (zoom * size) / Math.max(scene.width, scene.height);
  return {
    scale,
    left: size / 2 - x * scene.width * scale,
    top: size / 2 - y * scene.height * scale,
  };
}

export function toTile({ scale, left, top }: Projection, rectangle: Rectangle): Rectangle {
  return {
    left: left + rectangle.left * scale,
    top: top + rectangle.top * scale,
    width: rectangle.width * scale,
    height: rectangle.height * scale,
  };
}

export function toScene({ scale, left, top }: Projection, { x, y }: Point): Point {
  return { x: (x - left) / scale, y: (y - top) / scale };
}

/** Enlarged by `factor` with the point (shares of the scene) staying where it is. */
export function zoomedAt(view: View, factor: number, { x, y }: Point): View {
  const zoom = Math.max(1, Math.min(MAX_ZOOM, view.zoom * factor));
  const kept = view.zoom / zoom;
  return inside({ zoom, x: x + (view.x - x) * kept, y: y + (view.y - y) * kept });
}

/** Moved by shares of the scene's width and height. */
export function panned(view: View, right: number, down: number): View {
  return inside({ ...view, x: view.x + right, y: view.y + down });
}

/** Moved just so far that a point (shares of the scene) is seen with a margin. */
export function showing(view: View, { x, y }: Point): View {
  const reach = 0.45 / view.zoom;
  return inside({
    zoom: view.zoom,
    x: Math.max(x - reach, Math.min(x + reach, view.x)),
    y: Math.max(y - reach, Math.min(y + reach, view.y)),
  });
}

/** No part of a tile shows what lies beyond the scene. */
function inside({ zoom, x, y }: View): View {
  const half = 0.5 / zoom;
  const within = (at: number) => Math.max(half, Math.min(1 - half, at));
  return { zoom, x: within(x), y: within(y) };
}
