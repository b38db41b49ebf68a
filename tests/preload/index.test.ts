import { afterEach, expect, it, vi } from 'vitest';
import {
  DESKTOP,
  type DesktopBridge,
  PORT,
  PORT_WANTED,
  RESTART,
} from '../../src/shared/desktop-bridge.ts';

const double = vi.hoisted(() => ({
  exposed: {} as Record<string, unknown>,
  sent: [] as string[],
  listeners: new Map<string, (event: { ports: unknown[] }) => void>(),
}));
vi.mock('electron', () => ({
  contextBridge: {
    exposeInMainWorld: (name: string, value: unknown) => {
      double.exposed[name] = value;
    },
  },
  ipcRenderer: {
    send: (channel: string) => double.sent.push(channel),
    on: (channel: string, listener: never) => double.listeners.set(channel, listener),
    invoke: async (...all: unknown[]) => all,
  },
  webUtils: { getPathForFile: () => '/dropped' },
}));

afterEach(() => vi.unstubAllGlobals());

it('hands over one port, two dialogs, the path of what is dropped and a restart, nothing else', async () => {
  const page = Object.assign(new EventTarget(), { postMessage: vi.fn() });
  vi.stubGlobal('window', page);
  await import('../../src/preload/index.ts');
  expect(Object.keys(double.exposed)).toEqual([DESKTOP]);
  const bridge = double.exposed[DESKTOP] as DesktopBridge;
  expect(Object.keys(bridge)).toEqual(['pickFile', 'saveFile', 'pathOf', 'restart']);
  expect(bridge.pathOf({} as File)).toBe('/dropped');

  const ask = (source: unknown, data: unknown) =>
    page.dispatchEvent(Object.assign(new Event('message'), { source, data }));
  ask({}, PORT_WANTED);
  ask(page, 'something else');
  expect(double.sent).toEqual([]);
  ask(page, PORT_WANTED);
  expect(double.sent).toEqual([PORT_WANTED]);
  bridge.restart();
  expect(double.sent).toEqual([PORT_WANTED, RESTART]);

  const port = {};
  double.listeners.get(PORT)?.({ ports: [port] });
  expect(page.postMessage).toHaveBeenCalledWith(PORT, '*', [port]);
});
