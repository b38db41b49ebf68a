import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { ClientLink } from '@orpc/client';
import { createRouterClient } from '@orpc/server';
import { WebSocketServer } from 'ws';
import type { AppHost } from '../../../../src/main/api/app-host.ts';
import { createApiRouter } from '../../../../src/main/api/contract/router.ts';
import { serveApi } from '../../../../src/main/hosts/serve-api.ts';
import { type Channel, openPort, openSocket } from '../../../../src/renderer/client/channel.ts';
import { type Client, createClient } from '../../../../src/renderer/client/create-client.ts';

export type Carried = Client & { dispose(): Promise<void> };

/** Every way in which a client reaches the application, with the window's own client at its end. */
export const TRANSPORTS: Record<string, (host: AppHost) => Promise<Carried>> = {
  'in process': async (host) => {
    const client = createClient(async () => inProcess(host));
    return { ...client, dispose: async () => client.close() };
  },
  WebSocket: async (host) => {
    const server = serveApi(createApiRouter(host));
    const sockets = new WebSocketServer({ host: '127.0.0.1', port: 0 });
    sockets.on('connection', (socket) => server.socket(socket));
    await once(sockets, 'listening');
    const { port } = sockets.address() as AddressInfo;
    const client = createClient(() => openSocket(`ws://127.0.0.1:${port}`));
    return {
      ...client,
      async dispose() {
        client.close();
        for (const socket of sockets.clients) socket.terminate();
        sockets.close();
        await once(sockets, 'close');
      },
    };
  },
  MessagePort: async (host) => {
    const server = serveApi(createApiRouter(host));
    const client = createClient(async () => {
      const { port1, port2 } = new MessageChannel();
      server.port(port1 as never);
      port1.start();
      return openPort(port2);
    });
    return { ...client, dispose: async () => client.close() };
  },
};

/** A channel that calls the handlers themselves. */
function inProcess(host: AppHost): Channel {
  const router = createRouterClient(createApiRouter(host));
  type Node = { [key: string]: Node } & ((input: unknown, options: unknown) => Promise<unknown>);
  const link: ClientLink<Record<never, never>> = {
    async call(path, input, options) {
      const start = router as unknown as Node;
      const target = path.reduce((node, key) => node[key] as Node, start);
      return target(input, options);
    },
  };
  return { link, closed: new Promise(() => {}), close: () => {} };
}
