import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MessagePort } from 'node:worker_threads';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { AppHost } from '../../../src/main/api/app-host.ts';
import { addressOf, linkAmong } from '../../../src/main/hosts/electron/links.ts';
import { builtParts } from '../../../src/main/hosts/electron/parts.ts';
import { getRun } from '../../../src/main/store/runs.ts';
import { openPort } from '../../../src/renderer/client/channel.ts';
import { createClient } from '../../../src/renderer/client/create-client.ts';
import {
  PICK_FILE,
  PORT,
  PORT_WANTED,
  RESTART,
  SAVE_FILE,
} from '../../../src/shared/desktop-bridge.ts';
import { steppedEngine } from '../fixtures/stepped-engine.ts';
import { openTestHost, type TestHost } from '../fixtures/test-host.ts';
import * as double from './electron-double.ts';

const given = vi.hoisted(() => ({ host: null as unknown }));
vi.mock('electron', () => import('./electron-double.ts'));
vi.mock('../../../src/main/api/app-host.ts', async (actual) => {
  const real = await actual<typeof import('../../../src/main/api/app-host.ts')>();
  return {
    openAppHost: async (options: Parameters<typeof real.openAppHost>[0]) =>
      given.host ?? real.openAppHost(options),
  };
});

let test: TestHost;
const engine = steppedEngine(4);
const window = () => double.BrowserWindow.all.at(-1) as double.BrowserWindow;
const host = (): AppHost => test.host;

beforeAll(async () => {
  test = await openTestHost(() => engine.calls);
  given.host = test.host;
  await import('../../../src/main/hosts/electron.ts');
  await vi.waitFor(() => expect(double.BrowserWindow.all).toHaveLength(1), { timeout: 60_000 });
});
afterAll(() => test.dispose());
beforeEach(() => {
  double.asked.length = 0;
  double.answers.focused = true;
});

async function begin(seed: number) {
  const run = test.createRun(seed);
  host().queue.enqueueRun(run.id);
  await expect.poll(() => getRun(host().app.db, run.id).status).toBe('running');
  return run;
}

describe('the Electron window', () => {
  it('is shut off from Node and stays on its page', () => {
    expect(window().options.webPreferences).toMatchObject({
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
    });
    const event = { preventDefault: vi.fn() };
    window().webContents.emit('will-navigate', event);
    expect(event.preventDefault).toHaveBeenCalled();
    const open = window().webContents.openHandler;
    expect(open?.({ url: 'file:///etc/passwd' })).toEqual({ action: 'deny' });
    expect(double.askedFor('external')).toEqual([]);
    expect(open?.({ url: 'https://example.org/' })).toEqual({ action: 'deny' });
    expect(double.askedFor('external')).toEqual([['external', 'https://example.org/']]);
  });

  it('is granted no permission of the system', () => {
    const answer = vi.fn();
    double.session.defaultSession.permissions?.(null, 'media', answer);
    expect(answer).toHaveBeenCalledWith(false);
  });

  it('gets a port over which the application answers', async () => {
    const ports: MessagePort[] = [];
    const postMessage = (channel: string, _: null, [port]: MessagePort[]) => {
      expect(channel).toBe(PORT);
      if (port) ports.push(port);
    };
    double.ipcMain.emit(PORT_WANTED, { senderFrame: { postMessage } });
    const client = createClient(async () => openPort(ports[0] as never));
    expect(await client.api.app.status()).toMatchObject({ current: null });
    client.close();
  });

  it('asks the system for files, by what is known alone', async () => {
    const pick = double.ipcMain.handlers.get(PICK_FILE);
    expect(await pick?.({}, { kind: 'folder', title: 'Images' })).toBe('/chosen');
    expect(double.askedFor('pick')).toEqual([
      ['pick', { title: 'Images', properties: ['openDirectory'] }],
    ]);
    await expect(pick?.({}, { kind: 'save', title: '' })).rejects.toThrow();
  });

  it('writes a file where the person says, whole, and nothing where nobody says', async () => {
    const save = double.ipcMain.handlers.get(SAVE_FILE);
    const file = { name: 'table.csv', bytes: new TextEncoder().encode('a,b') };
    expect(await save?.({}, file)).toBeNull();
    expect(double.askedFor('save')).toEqual([['save', { defaultPath: 'table.csv' }]]);
    const folder = await mkdtemp(join(tmpdir(), 'fapt-save-'));
    double.answers.saveTo = join(folder, 'mine.csv');
    expect(await save?.({}, file)).toBe(double.answers.saveTo);
    expect(await readFile(double.answers.saveTo, 'utf8')).toBe('a,b');
    expect(await readdir(folder)).toEqual(['mine.csv']);
    await rm(folder, { recursive: true });
    await expect(save?.({}, { ...file, name: '../x' })).rejects.toThrow();
  });

  it('comes to the front with a link of a second start', () => {
    double.app.emit('second-instance', {}, ['electron', '.', 'fapt://run/abc123']);
    expect(double.askedFor('focus')).not.toEqual([]);
    expect(double.askedFor('script')).toEqual([['script', 'location.hash = "/runs/abc123"']]);
    double.app.emit('second-instance', {}, ['electron', '.']);
    expect(double.askedFor('script')).toHaveLength(1);
  });

  it('keeps the machine awake, shows progress, and says the end to who looks elsewhere', async () => {
    double.answers.focused = false;
    const run = await begin(1);
    await expect.poll(() => double.askedFor('awake')).toHaveLength(1);
    engine.step();
    await expect.poll(() => double.askedFor('progress')).toContainEqual(['progress', 0.25]);
    engine.go();
    await host().queue.idle();
    await expect.poll(() => double.askedFor('notification')).toHaveLength(1);
    expect(double.askedFor('notification')[0]?.[1]).toMatchObject({ title: 'FAP, tiny, seed 1' });
    expect(double.askedFor('asleep')).toEqual([['asleep', 7]]);
    expect(double.askedFor('progress').at(-1)).toEqual(['progress', -1]);
    expect(getRun(host().app.db, run.id).status).toBe('finished');
    engine.hold();
  });

  it('asks before it closes during a run: stays, or goes on without a window', async () => {
    await begin(2);
    double.answers.messageBox = 2;
    expect(window().close()).toBe(false);
    await expect.poll(() => double.askedFor('question')).toHaveLength(1);
    expect(double.askedFor('hide')).toEqual([]);
    double.answers.messageBox = 0;
    expect(window().close()).toBe(false);
    await expect.poll(() => double.askedFor('hide')).toHaveLength(1);
    expect(host().queue.busy()).toBe(true);
    double.app.emit('activate');
    expect(double.askedFor('show')).toHaveLength(1);
    expect(double.BrowserWindow.all).toHaveLength(1);
  });

  it('stops, keeps, ends and starts again where a restart is asked for', async () => {
    const run = getRun(host().app.db, host().queue.current()?.run ?? '');
    double.answers.messageBox = 1;
    double.ipcMain.emit(RESTART);
    await expect.poll(() => host().queue.current()?.asked).toBe('keep');
    engine.step();
    await expect.poll(() => double.askedFor('ended')).toHaveLength(1);
    expect(double.askedFor('question')).toHaveLength(1);
    expect(double.askedFor('relaunch')).toEqual([['relaunch', {}]]);
    // The workspace is closed by then: its file tells what was kept.
    const { workspace } = host().app;
    const { openWorkspace } = await import('../../../src/main/workspace/workspace.ts');
    const read = await openWorkspace(workspace.folder, { write: false, log: () => {} });
    expect(getRun(read.db, run.id)).toMatchObject({ status: 'finished', step: 1 });
    read.close();
  });
});

describe('links', () => {
  it.each([
    ['fapt://run/abc', '/runs/abc'],
    ['fapt://dataset/my%20pets/', '/datasets/my%20pets'],
    ['fapt://run/a%', '/runs/a%25'],
    ['fapt://run/../../etc', null],
    ['fapt://delete/all', null],
    ['/home/me/split.json', '/datasets?add=%2Fhome%2Fme%2Fsplit.json'],
  ])('%s', (link, address) => expect(addressOf(link)).toBe(address));

  it('are found among arguments', () => {
    expect(linkAmong(['--inspect', '/app'])).toBeNull();
    expect(linkAmong(['/app', 'fapt://run/a'])).toBe('fapt://run/a');
    expect(linkAmong(['/app', '/data/split.json'])).toBe('/data/split.json');
  });
});

describe('the parts', () => {
  it('are sources in a checkout and lie beside the archive in a package', () => {
    expect(builtParts('/repo/out/main', null)).toEqual({
      preload: '/repo/out/preload/index.cjs',
      page: '/repo/out/renderer/index.html',
      engineEntry: '/repo/src/engine/process.ts',
      resources: '/repo/resources',
    });
    const packed = builtParts('/opt/r/app.asar/out/main', '/opt/r');
    expect(packed.engineEntry).toBe('/opt/r/app.asar.unpacked/out/engine/process.js');
    expect(packed.resources).toBe('/opt/r/resources');
  });
});
