import { useLocalStorage } from '@vueuse/core';
import type { Ref } from 'vue';

/** How maps are drawn, on every screen that has them. */
export type MapDisplay = {
  /** 0: the picture alone. */
  opacity: number;
  /** Bilinear between patches; false: each patch in one colour. */
  smooth: boolean;
  /** One scale for all maps; false: each its own. */
  shared: boolean;
  /** The whole picture around the square that the model saw. */
  whole: boolean;
  /** Vocabulary pieces in place of whole words. */
  pieces: boolean;
  /** Words, logits and drift below the maps; without them both runs fit on a screen. */
  details: boolean;
  /** The row that takes B from A. */
  difference: boolean;
};

export function useMapDisplay(): Ref<MapDisplay> {
  const fresh = {
    smooth: true,
    shared: true,
    whole: false,
    pieces: false,
    difference: false,
    details: true,
  };
  return useLocalStorage<MapDisplay>(
    'fapt.maps',
    { opacity: 0.85, ...fresh },
    { mergeDefaults: true },
  );
}
