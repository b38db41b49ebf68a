import { DESKTOP, type DesktopBridge, PORT, PORT_WANTED } from '../../shared/desktop-bridge.ts';
import { type Channel, openPort, openSocket } from './channel.ts';
import { createClient } from './create-client.ts';

export type { Api, Connection } from './create-client.ts';

/** Dialogs of the system; null in a browser. */
export const desktop: DesktopBridge | null =
  (globalThis as { [DESKTOP]?: DesktopBridge })[DESKTOP] ?? null;

/** This window's one client: over the port that Electron hands over, else over a WebSocket. */
export const { api, onConnection, reconnect } = createClient(() =>
  desktop ? openWindowPort() : openSocket(socketAddress(location)),
);

/** Beside the page, with the token that the page was opened with. */
function socketAddress({ protocol, host, search }: Location): string {
  const token = new URLSearchParams(search).get('token') ?? '';
  return `${protocol === 'https:' ? 'wss' : 'ws'}://${host}/api?token=${encodeURIComponent(token)}`;
}

/** Asks the preload script for a port; a reloaded page gets another one. */
function openWindowPort(): Promise<Channel> {
  return new Promise((resolve) => {
    const receive = (event: MessageEvent) => {
      const [port] = event.ports;
      if (event.source !== window || event.data !== PORT || !port) return;
      window.removeEventListener('message', receive);
      resolve(openPort(port));
    };
    window.addEventListener('message', receive);
    window.postMessage(PORT_WANTED, '*');
  });
}
