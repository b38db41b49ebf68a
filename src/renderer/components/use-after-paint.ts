import { onMounted, type Ref, ref } from 'vue';

/**
 * False until the page has been drawn once: a screen with much on it answers at once with its
 * heading, and the rest follows.
 */
export function useAfterPaint(): Ref<boolean> {
  const isPainted = ref(false);
  onMounted(() =>
    requestAnimationFrame(() =>
      setTimeout(() => {
        isPainted.value = true;
      }),
    ),
  );
  return isPainted;
}
