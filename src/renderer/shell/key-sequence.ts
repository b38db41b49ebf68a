/** What a key press asks for; `g` waits for a second key. */
export type Shortcut = { keys: readonly string[]; action: string };

/** How long the second key of a sequence may take. */
export const SEQUENCE_MS = 1200;

export type Pressed = { key: string; at: number };

/** The shortcut that the newest presses spell; null where they spell none. */
export function matchSequence(
  presses: readonly Pressed[],
  shortcuts: readonly Shortcut[],
): Shortcut | null {
  const last = presses.at(-1);
  if (!last) return null;
  const recent = presses.filter(({ at }) => last.at - at <= SEQUENCE_MS).map(({ key }) => key);
  const byLength = [...shortcuts].sort((a, b) => b.keys.length - a.keys.length);
  return (
    byLength.find(({ keys }) => {
      const end = recent.slice(-keys.length);
      return end.length === keys.length && end.every((key, index) => key === keys[index]);
    }) ?? null
  );
}
