import { createSharedComposable, useLocalStorage } from '@vueuse/core';
import { type Draft, freshDraft, parseDraft } from './draft.ts';

/**
 * The training form's content, one for the window. It is kept at every change, so a reload and a
 * start that failed lose nothing; another window's edits do not reach into this one.
 */
export const useDraft = createSharedComposable(() =>
  useLocalStorage<Draft>('fapt.draft', freshDraft(), {
    serializer: { read: parseDraft, write: JSON.stringify },
    listenToStorageChanges: false,
    writeDefaults: false,
  }),
);
