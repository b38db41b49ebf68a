import type { Shortcut } from './key-sequence.ts';
import { SCREENS } from './screens.ts';

/** Keys of the whole window; a screen's own keys stand with it. */
export const SHORTCUTS: readonly Shortcut[] = [
  { keys: ['?'], action: 'sheet' },
  { keys: ['/'], action: 'search' },
  { keys: ['n'], action: 'new-run' },
  { keys: ['['], action: 'toggle-sidebar' },
  ...SCREENS.map(({ key, name }) => ({ keys: ['g', key], action: `go:${name}` })),
];
