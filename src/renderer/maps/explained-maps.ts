import type { Explanation } from '../../shared/api/attribution.ts';
import type { Pixels } from './rasters.ts';
import { differenceOf, type SignedMap } from './signed-map.ts';

export type ExplainedMaps = {
  clean: SignedMap;
  adversarial: SignedMap;
  /** Adversarial - clean. */
  change: SignedMap;
};

export function explainedMaps({ grid, maps }: Pick<Explanation, 'grid' | 'maps'>): ExplainedMaps {
  const clean = { grid, values: maps.clean };
  const adversarial = { grid, values: maps.adversarial };
  const change = { grid, values: differenceOf(adversarial, clean)?.values ?? [] };
  return { clean, adversarial, change };
}

/** A - B, map by map; null where the grids of the two models differ. */
export function comparedMaps(a: ExplainedMaps, b: ExplainedMaps): ExplainedMaps | null {
  const clean = differenceOf(a.clean, b.clean);
  const adversarial = differenceOf(a.adversarial, b.adversarial);
  const change = differenceOf(a.change, b.change);
  return clean && adversarial && change ? { clean, adversarial, change } : null;
}

export function pixelsOf({ pixels }: Explanation, side: 'clean' | 'adversarial'): Pixels {
  return { size: pixels.size, values: pixels[side] };
}
