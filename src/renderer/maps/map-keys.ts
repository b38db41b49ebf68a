import type { Ref } from 'vue';
import type { ScreenShortcut } from '../shell/screen-shortcuts.ts';
import type { MapDisplay } from './map-display.ts';
import type { MapView } from './use-map-view.ts';

const OPACITY = 0.85;

/** Keys that every screen with maps has. */
export function mapKeys(map: MapView, display: Ref<MapDisplay>): ScreenShortcut[] {
  const set = (change: Partial<MapDisplay>) => {
    display.value = { ...display.value, ...change };
  };
  return [
    { keys: ['+'], label: 'attribution.keys.zoomIn', run: map.zoomIn },
    { keys: ['-'], label: 'attribution.keys.zoomOut', run: map.zoomOut },
    { keys: ['0'], label: 'attribution.keys.reset', run: map.reset },
    { keys: ['←', '↑', '→', '↓'], label: 'attribution.keys.patch' },
    { keys: ['Shift', '←', '→'], label: 'attribution.keys.pan' },
    {
      keys: ['o'],
      label: 'attribution.keys.overlay',
      run: () => set({ opacity: display.value.opacity > 0 ? 0 : OPACITY }),
    },
    {
      keys: ['v'],
      label: 'attribution.keys.whole',
      run: () => set({ whole: !display.value.whole }),
    },
    {
      keys: ['d'],
      label: 'attribution.keys.details',
      run: () => set({ details: !display.value.details }),
    },
  ];
}
