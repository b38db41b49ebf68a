import { useEventListener } from '@vueuse/core';
import { ref } from 'vue';

/** Takes the first picture that is dropped anywhere on the window. */
export function useImageDrop(onFile: (file: File) => void) {
  const isOver = ref(false);
  useEventListener(window, 'dragover', (event) => {
    // Without this the browser would open the file in place of the window.
    event.preventDefault();
    isOver.value = true;
  });
  useEventListener(window, 'dragleave', (event) => {
    if (event.relatedTarget === null) isOver.value = false;
  });
  useEventListener(window, 'drop', (event) => {
    event.preventDefault();
    isOver.value = false;
    const [file] = event.dataTransfer?.files ?? [];
    if (file) onFile(file);
  });
  return { isOver };
}
