import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { choiceFile, choiceText } from '../../../src/main/workspace/chosen-folder.ts';
import { workspacePlace } from '../../../src/main/workspace/workspace-place.ts';

let root: string;
let env: NodeJS.ProcessEnv;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'fapt-place-'));
  env = { XDG_DATA_HOME: root };
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const placeOf = (given: string | null, more: NodeJS.ProcessEnv = {}) =>
  workspacePlace(given, { ...env, ...more }, 'linux');

/** Chooses a folder beside the default one; with a database, unless that is gone. */
function choose(withDatabase: boolean): string {
  const folder = join(root, 'chosen');
  mkdirSync(folder);
  if (withDatabase) writeFileSync(join(folder, 'fapt.sqlite'), '');
  writeFileSync(choiceFile(env, 'linux'), choiceText(folder));
  return folder;
}

describe('workspacePlace', () => {
  it('is the option, else the variable, else what was chosen, else the default', () => {
    const standard = join(root, 'fapt-studio');
    expect(placeOf(null)).toEqual({ folder: standard, origin: 'default' });
    const chosen = choose(true);
    expect(placeOf(null)).toEqual({ folder: chosen, origin: 'chosen' });
    const variable = { FAPT_WORKSPACE: join(root, 'variable') };
    expect(placeOf(null, variable)).toEqual({
      folder: join(root, 'variable'),
      origin: 'variable',
    });
    const option = join(root, 'option');
    expect(placeOf(option, variable)).toEqual({ folder: option, origin: 'option' });
  });

  it('is no other folder where the chosen one is gone, or is the empty place of its disk', () => {
    const chosen = choose(false);
    const missing = expect.objectContaining({
      code: 'workspace-missing',
      message: expect.stringContaining(chosen),
    });
    expect(() => placeOf(null)).toThrow(missing);
    rmSync(chosen, { recursive: true });
    expect(() => placeOf(null)).toThrow(missing);
    expect(placeOf('/other').folder).toBe('/other');
  });

  it.each(['{', '{"workspace": "relative"}', '{"folder": "/data"}', '[]'])(
    'says which file is not understood: %s',
    (text) => {
      const file = choiceFile(env, 'linux');
      writeFileSync(file, text);
      expect(() => placeOf(null)).toThrow(
        expect.objectContaining({
          code: 'workspace-choice',
          message: `${file}, which remembers the chosen data folder, cannot be read: delete it to work in the default folder, and choose again in Settings.`,
        }),
      );
      expect(placeOf('/other').origin).toBe('option');
    },
  );
});
