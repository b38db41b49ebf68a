import { computed, onScopeDispose, shallowReactive } from 'vue';
import type { Shortcut } from './key-sequence.ts';

export type ScreenShortcut = {
  keys: readonly string[];
  /** Key of the message that says what it does. */
  label: string;
  /** Left out where the focused thing takes the key itself: arrows over an image. */
  run?: () => void;
};
type ScreenShortcuts = { title: string; rows: readonly ScreenShortcut[] };

const shown = shallowReactive<ScreenShortcuts[]>([]);

/** Groups of keys of the screen that is open, for the sheet. */
export const screenShortcuts = computed(() => [...shown]);

/**
 * Keys that work while the calling component stands. They are listed in the sheet and win over the
 * window's keys of the same length.
 * @param title key of the message above them in the sheet
 */
export function useScreenShortcuts(title: string, rows: readonly ScreenShortcut[]): void {
  const group = { title, rows };
  shown.push(group);
  onScopeDispose(() => {
    shown.splice(shown.indexOf(group), 1);
  });
}

const PREFIX = 'screen:';

/** The open screen's keys as the window matches them. */
export function screenKeys(): Shortcut[] {
  return shown.flatMap(({ rows }, group) =>
    rows.flatMap(({ keys, run }, row) =>
      run ? [{ keys, action: `${PREFIX}${group}:${row}` }] : [],
    ),
  );
}

/** Does what one of `screenKeys` stands for; false for an action of the window. */
export function runScreenAction(action: string): boolean {
  if (!action.startsWith(PREFIX)) return false;
  const [group = 0, row = 0] = action.slice(PREFIX.length).split(':').map(Number);
  shown[group]?.rows[row]?.run?.();
  return true;
}
