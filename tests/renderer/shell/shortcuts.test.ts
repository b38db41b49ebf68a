import { describe, expect, it } from 'vitest';
import { effectScope } from 'vue';
import { isCurrent } from '../../../src/renderer/shell/is-current.ts';
import { matchSequence, SEQUENCE_MS } from '../../../src/renderer/shell/key-sequence.ts';
import {
  runScreenAction,
  screenKeys,
  useScreenShortcuts,
} from '../../../src/renderer/shell/screen-shortcuts.ts';
import { SCREENS } from '../../../src/renderer/shell/screens.ts';
import { SHORTCUTS } from '../../../src/renderer/shell/shortcuts.ts';

const typed = (...presses: [key: string, at: number][]) =>
  matchSequence(
    presses.map(([key, at]) => ({ key, at })),
    SHORTCUTS,
  )?.action;

describe('shortcuts', () => {
  it('g and a letter go to a screen; the letter alone keeps its own meaning', () => {
    expect(typed(['g', 0], ['r', 100])).toBe('go:runs');
    expect(typed(['r', 100])).toBeUndefined();
    expect(typed(['n', 0])).toBe('new-run');
  });

  it('a letter that comes too late starts anew', () => {
    expect(typed(['g', 0], ['r', SEQUENCE_MS + 1])).toBeUndefined();
    expect(typed(['g', 0], ['r', SEQUENCE_MS])).toBe('go:runs');
  });

  it('of a screen win over the same keys of the window while it stands, and only then', () => {
    const scope = effectScope();
    const walked: string[] = [];
    scope.run(() =>
      useScreenShortcuts('attribution.title', [
        { keys: ['n'], label: 'attribution.keys.next', run: () => walked.push('next') },
        { keys: ['\u2190'], label: 'attribution.keys.patch' },
      ]),
    );
    const pressed = () =>
      matchSequence([{ key: 'n', at: 0 }], [...screenKeys(), ...SHORTCUTS])?.action ?? '';
    expect(screenKeys()).toHaveLength(1);
    expect(runScreenAction(pressed())).toBe(true);
    expect(walked).toEqual(['next']);
    scope.stop();
    expect(pressed()).toBe('new-run');
    expect(runScreenAction(pressed())).toBe(false);
  });

  it('no two ask for one thing, and every screen has one', () => {
    const spelled = SHORTCUTS.map(({ keys }) => keys.join(' '));
    expect(new Set(spelled).size).toBe(spelled.length);
    for (const { name } of SCREENS) {
      expect(SHORTCUTS.some(({ action }) => action === `go:${name}`)).toBe(true);
    }
  });
});

describe('the screen that is marked in the sidebar', () => {
  it('is its page or one below it; Home is only itself', () => {
    expect(isCurrent('/runs/0f3a', '/runs')).toBe(true);
    expect(isCurrent('/runs', '/runs')).toBe(true);
    expect(isCurrent('/runsx', '/runs')).toBe(false);
    expect(isCurrent('/runs', '/')).toBe(false);
    expect(isCurrent('/', '/')).toBe(true);
  });
});
