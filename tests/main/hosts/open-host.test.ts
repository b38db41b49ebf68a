import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { AppHost } from '../../../src/main/api/app-host.ts';
import { openHost } from '../../../src/main/hosts/electron/open-host.ts';
import { choiceFile, choiceText } from '../../../src/main/workspace/chosen-folder.ts';
import { workspacePlace } from '../../../src/main/workspace/workspace-place.ts';
import { FaptError } from '../../../src/shared/errors.ts';
import { noChoice } from '../fixtures/no-choice.ts';
import * as double from './electron-double.ts';

vi.mock('electron', () => import('./electron-double.ts'));

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'fapt-open-'));
  for (const [name, value] of Object.entries(noChoice(root))) vi.stubEnv(name, value);
  vi.stubEnv('FAPT_WORKSPACE', undefined);
  writeFileSync(choiceFile(), choiceText(join(root, 'gone')));
  double.asked.length = 0;
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(root, { recursive: true, force: true });
});

/** Opens nothing but finds the folder, as opening a workspace does. */
const open = () =>
  openHost(async () => ({ place: workspacePlace(null) }) as unknown as Promise<AppHost>);

it('names a chosen folder that is gone, and ends where the person wants no other', async () => {
  double.answers.messageBox = 2;
  expect(await open()).toBeNull();
  expect(double.askedFor('question')).toEqual([
    [
      'question',
      expect.objectContaining({
        detail: expect.stringContaining(join(root, 'gone')),
        buttons: ['Try again', 'Use the default folder', 'Quit'],
      }),
    ],
  ]);
  expect(existsSync(choiceFile())).toBe(true);
});

it('goes back to the default folder where the person says so', async () => {
  double.answers.messageBox = 1;
  expect(await open()).toMatchObject({ place: { origin: 'default' } });
  expect(existsSync(choiceFile())).toBe(false);
});

it('tries again as often as it is told to', async () => {
  double.answers.messageBox = 0;
  let tries = 0;
  const opened = await openHost(async () => {
    tries += 1;
    if (tries < 3) workspacePlace(null);
    return {} as AppHost;
  });
  expect(opened).toEqual({});
  expect(double.askedFor('question')).toHaveLength(2);
  expect(existsSync(choiceFile())).toBe(true);
});

it('says any other reason, and asks nothing', async () => {
  const busy = new FaptError('workspace-busy', 'The workspace is in use.');
  expect(await openHost(() => Promise.reject(busy))).toBeNull();
  expect(double.asked).toEqual([['error', 'FAPT Studio', 'The workspace is in use.']]);
});
