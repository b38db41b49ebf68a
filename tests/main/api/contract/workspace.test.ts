import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { noChoice } from '../../fixtures/no-choice.ts';
import { openTestHost, type TestHost } from '../../fixtures/test-host.ts';
import { type Connected, inProcess } from '../../hosts/connect.ts';

let test: TestHost;
let connected: Connected;
beforeEach(async () => {
  test = await openTestHost(() => ({}));
  for (const [name, value] of Object.entries(noChoice(test.folder))) vi.stubEnv(name, value);
  connected = await inProcess(test.host);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await connected.dispose();
  await test.dispose();
});

it('tells where the folder comes from, remembers another, and says why it does not', async () => {
  const { workspace } = connected.client.api;
  const { folder } = test.host.app.workspace;
  expect(await workspace.get()).toMatchObject({ folder, origin: 'option', chosen: null });
  const before = test.host.changes.sequence;
  const chosen = join(test.folder, 'other');
  expect(await workspace.choose({ folder: chosen })).toMatchObject({ folder, chosen });
  expect(test.host.changes.sequence).toBeGreaterThan(before);
  await expect(workspace.choose({ folder: 'here' })).rejects.toEqual(
    expect.objectContaining({ code: 'workspace-unfit' }),
  );
  expect(await workspace.get()).toMatchObject({ chosen });
  expect(await workspace.choose({ folder: null })).toMatchObject({ chosen: null });
});
