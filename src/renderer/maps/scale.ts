import {
  coverOf,
  cssColor,
  divergingColor,
  type Rgb,
  symmetricLimit,
} from '../../shared/color-scale.ts';
import type { SignedMap } from './signed-map.ts';

/** The end of one scale for several maps, those that are not there left out. */
export function sharedLimit(maps: readonly (SignedMap | null)[]): number {
  return symmetricLimit(maps.flatMap((map) => (map ? [map.values] : [])));
}

/** The grey that the legend lies on, where a tile has its picture. */
const PAPER = 190;
const STOPS = 24;

/** Colours of the scale from its lower to its upper end, as they look on a tile. */
export function scaleColors(opacity: number): string[] {
  return Array.from({ length: STOPS + 1 }, (_, at) => {
    const share = (2 * at) / STOPS - 1;
    const cover = coverOf(share, opacity);
    return cssColor(
      divergingColor(share).map((value) => Math.round(cover * value + (1 - cover) * PAPER)) as Rgb,
    );
  });
}
