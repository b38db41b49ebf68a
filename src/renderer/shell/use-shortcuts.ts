import { useEventListener } from '@vueuse/core';
import { matchSequence, type Pressed, type Shortcut } from './key-sequence.ts';

/**
 * Calls an action when its keys are pressed, except while a person types into a field. Keys with
 * Ctrl, Alt or the command key belong to others. Of two shortcuts of the same keys the first counts.
 */
export function useShortcuts(
  shortcuts: () => readonly Shortcut[],
  run: (action: string) => void,
): void {
  let presses: Pressed[] = [];
  useEventListener(window, 'keydown', (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (isTyping(event.target) || event.key.length !== 1) return;
    presses = [...presses.slice(-2), { key: event.key, at: event.timeStamp }];
    const shortcut = matchSequence(presses, shortcuts());
    if (!shortcut) return;
    presses = [];
    event.preventDefault();
    run(shortcut.action);
  });
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  const field = target.closest('input, textarea, select, [contenteditable], [role="combobox"]');
  if (!(field instanceof HTMLInputElement)) return field !== null;
  return !['checkbox', 'radio', 'button', 'range'].includes(field.type);
}
