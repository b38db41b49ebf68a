import type { Explanation } from '../../shared/api/attribution.ts';
import { type ExplainedMaps, pixelsOf } from './explained-maps.ts';
import type { MapDisplay } from './map-display.ts';
import { type TileLayers, toImage } from './paint.ts';
import {
  greyRaster,
  magnification,
  mapRaster,
  perturbationRaster,
  pictureRaster,
} from './rasters.ts';
import { sharedLimit } from './scale.ts';
import type { SignedMap } from './signed-map.ts';
import type { WholePicture } from './use-picture.ts';
import type { View } from './view.ts';

export type TileKey = 'clean' | 'adversarial' | 'change';

export type FigureSetting = {
  display: MapDisplay;
  limit: number;
  wordLimit: number;
  view: View;
  whole: WholePicture | null;
  /** A - B, where that is on the screen. */
  difference: ExplainedMaps | null;
};

/** A map on the picture that it is drawn on. */
export function mapLayers(
  explanation: Explanation,
  key: TileKey,
  map: SignedMap,
  { display, limit, whole }: FigureSetting,
): TileLayers {
  const pixels = pixelsOf(explanation, key === 'clean' ? 'clean' : 'adversarial');
  const end = display.shared ? limit : sharedLimit([map]);
  return {
    surroundings: whole?.bitmap ?? null,
    picture: toImage(pictureRaster(pixels)),
    map: {
      grey: toImage(greyRaster(pixels)),
      colors: toImage(mapRaster(map, end, display.smooth)),
      opacity: display.opacity,
      smooth: display.smooth,
    },
  };
}

export function perturbationLayers(explanation: Explanation, { whole }: FigureSetting): TileLayers {
  const raster = perturbationRaster(
    pixelsOf(explanation, 'clean'),
    pixelsOf(explanation, 'adversarial'),
    magnification(explanation.adversary.linf),
  );
  return { surroundings: whole?.bitmap ?? null, picture: toImage(raster), map: null };
}
