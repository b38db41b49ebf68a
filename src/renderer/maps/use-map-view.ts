import { ref } from 'vue';
import type { Patch } from './signed-map.ts';
import { type View, WHOLE, zoomedAt } from './view.ts';

const STEP = 1.25;

/** One view and one patch pointed at for all tiles of a screen, so that they move together. */
export function useMapView() {
  const view = ref<View>(WHOLE);
  const patch = ref<Patch | null>(null);
  const middle = () => ({ x: view.value.x, y: view.value.y });
  return {
    view,
    patch,
    zoomIn: () => {
      view.value = zoomedAt(view.value, STEP, middle());
    },
    zoomOut: () => {
      view.value = zoomedAt(view.value, 1 / STEP, middle());
    },
    reset: () => {
      view.value = WHOLE;
      patch.value = null;
    },
  };
}
export type MapView = ReturnType<typeof useMapView>;
