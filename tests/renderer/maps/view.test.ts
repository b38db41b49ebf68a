import { describe, expect, it } from 'vitest';
import { patchAt, patchRectangle, SQUARE, wholeScene } from '../../../src/renderer/maps/scene.ts';
import { movedPatch } from '../../../src/renderer/maps/signed-map.ts';
import {
  panned,
  project,
  showing,
  toScene,
  toTile,
  WHOLE,
  zoomedAt,
} from '../../../src/renderer/maps/view.ts';

/** Twice as wide as high: CLIP sees the square in the middle. */
const WIDE = wholeScene({
  width: 200,
  height: 100,
  crop: { left: 50, top: 0, width: 100, height: 100 },
});
const TALL = wholeScene({
  width: 100,
  height: 400,
  crop: { left: 0, top: 150, width: 100, height: 100 },
});

describe('a scene', () => {
  it('is seen whole at first, in the middle of its tile', () => {
    const all = toTile(project(WIDE, WHOLE, 100), { left: 0, top: 0, width: 200, height: 100 });
    expect(all).toEqual({ left: 0, top: 25, width: 100, height: 50 });
  });

  it("has the map on the model's square and nowhere else", () => {
    expect(toTile(project(WIDE, WHOLE, 100), WIDE.crop)).toEqual({
      left: 25,
      top: 25,
      width: 50,
      height: 50,
    });
    expect(toTile(project(TALL, WHOLE, 400), TALL.crop)).toEqual({
      left: 150,
      top: 150,
      width: 100,
      height: 100,
    });
  });

  it('knows the patch under a point, and none beside the square', () => {
    expect(patchAt({ x: 51, y: 99 }, WIDE, [4, 4])).toEqual({ row: 3, column: 0 });
    expect(patchAt({ x: 149, y: 1 }, WIDE, [4, 4])).toEqual({ row: 0, column: 3 });
    expect(patchAt({ x: 49, y: 50 }, WIDE, [4, 4])).toBeNull();
    expect(patchAt({ x: 50, y: 300 }, TALL, [4, 4])).toBeNull();
    expect(patchRectangle({ row: 1, column: 2 }, TALL, [4, 4])).toEqual({
      left: 50,
      top: 175,
      width: 25,
      height: 25,
    });
  });

  it('is found again from the tile', () => {
    const projection = project(TALL, { zoom: 3, x: 0.4, y: 0.6 }, 240);
    const tile = toTile(projection, { left: 20, top: 160, width: 1, height: 1 });
    const back = toScene(projection, { x: tile.left, y: tile.top });
    expect(back.x).toBeCloseTo(20);
    expect(back.y).toBeCloseTo(160);
  });
});

describe('a view', () => {
  it('keeps the point under the pointer where it is', () => {
    const point = { x: 0.7, y: 0.4 };
    const placeOf = (view: typeof WHOLE) => (point.x - view.x) * view.zoom;
    const nearer = zoomedAt(WHOLE, 2, point);
    expect(nearer.zoom).toBe(2);
    expect(placeOf(nearer)).toBeCloseTo(placeOf(WHOLE));
  });

  it('shows nothing beyond the edges, and never less than the whole', () => {
    expect(zoomedAt(WHOLE, 0.1, { x: 0, y: 0 })).toEqual(WHOLE);
    expect(panned({ zoom: 2, x: 0.5, y: 0.5 }, 9, -9)).toEqual({ zoom: 2, x: 0.75, y: 0.25 });
    expect(panned(WHOLE, 0.3, 0.3)).toEqual(WHOLE);
  });

  it('follows what is pointed at, and stays where that is seen', () => {
    const view = { zoom: 4, x: 0.5, y: 0.5 };
    expect(showing(view, { x: 0.55, y: 0.45 })).toEqual(view);
    expect(showing(view, { x: 0.9, y: 0.5 }).x).toBeCloseTo(0.7875);
  });
});

describe('pointing by arrow keys', () => {
  it('starts in the middle and stays on the grid', () => {
    expect(movedPatch(null, [7, 7], [0, 1])).toEqual({ row: 3, column: 3 });
    expect(movedPatch({ row: 0, column: 6 }, [7, 7], [-1, 0])).toEqual({ row: 0, column: 6 });
    expect(movedPatch({ row: 2, column: 2 }, [7, 7], [0, -1])).toEqual({ row: 2, column: 1 });
  });

  it('has the square alone as its scene where no picture is around it', () => {
    expect(patchAt({ x: 0.5, y: 0.99 }, SQUARE, [8, 8])).toEqual({ row: 7, column: 4 });
  });
});
