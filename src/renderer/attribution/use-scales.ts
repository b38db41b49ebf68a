import { computed, type Ref } from 'vue';
import { comparedMaps, type ExplainedMaps, explainedMaps } from '../maps/explained-maps.ts';
import type { MapDisplay } from '../maps/map-display.ts';
import { sharedLimit } from '../maps/scale.ts';
import type { ExplanationState } from '../maps/use-explanation.ts';
import { wordMap } from '../maps/word-items.ts';

/** A - B where it is asked for, and the ends of the scales that all maps and all words share. */
export function useScales(a: ExplanationState, b: ExplanationState, display: Ref<MapDisplay>) {
  const maps = computed(() => ({
    a: a.data.value && explainedMaps(a.data.value),
    b: b.data.value && explainedMaps(b.data.value),
  }));
  const difference = computed(() =>
    display.value.difference && maps.value.a && maps.value.b
      ? comparedMaps(maps.value.a, maps.value.b)
      : null,
  );
  const limit = computed(() =>
    sharedLimit([maps.value.a, maps.value.b, difference.value].flatMap(listOf)),
  );
  const wordLimit = computed(() => sharedLimit([a, b].map(({ data }) => wordMap(data.value))));
  return { difference, limit, wordLimit };
}

function listOf(maps: ExplainedMaps | null) {
  return maps ? [maps.clean, maps.adversarial, maps.change] : [];
}
