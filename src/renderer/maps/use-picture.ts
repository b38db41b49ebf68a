import { onScopeDispose, shallowRef, watch } from 'vue';
import type { ImageSource } from '../../shared/api/attribution.ts';
import type { PicturePosition } from '../../shared/explained-parts.ts';
import { api } from '../client/client.ts';
import { type Failure, toFailure } from '../data/failure.ts';

export type WholePicture = { bitmap: ImageBitmap; position: PicturePosition };

/** The whole picture behind what the model sees, asked for when it is wanted. */
export function usePicture(wanted: () => { run: string; image: ImageSource } | null) {
  const data = shallowRef<WholePicture | null>(null);
  const error = shallowRef<Failure | null>(null);
  let newest = 0;

  async function load(): Promise<void> {
    newest += 1;
    const mine = newest;
    const question = wanted();
    data.value = null;
    error.value = null;
    if (!question) return;
    try {
      const { bytes, contentType, position } = await api.attribution.picture(question);
      const bitmap = await createImageBitmap(new Blob([bytes.slice()], { type: contentType }));
      if (mine === newest) data.value = { bitmap, position };
    } catch (thrown) {
      if (mine === newest) error.value = toFailure(thrown);
    }
  }
  watch(() => JSON.stringify(wanted()), load, { immediate: true });
  onScopeDispose(() => {
    newest += 1;
  });
  return { data, error };
}
