import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MessageChannel } from 'node:worker_threads';
import { createRouterClient } from '@orpc/server';
import WebSocket from 'ws';
import type { AppHost } from '../../../src/main/api/app-host.ts';
import { type ApiRouter, createApiRouter } from '../../../src/main/api/contract/router.ts';
import { serveApi } from '../../../src/main/hosts/serve-api.ts';
import { startWebHost, type WebHost } from '../../../src/main/hosts/web.ts';
import { type Channel, openPort, openSocket } from '../../../src/renderer/client/channel.ts';
import { type Client, createClient } from '../../../src/renderer/client/create-client.ts';
import type { PipePort } from '../../../src/shared/pipe-port.ts';

/** A client over one of the ways, and how its application goes away for good. */
export type Connected = { client: Client; lose(): void; dispose(): Promise<void> };

/** As a browser, which tells where its page comes from. */
export function socketLike(origin: string): typeof globalThis.WebSocket {
  class PageSocket extends WebSocket {
    constructor(address: string) {
      super(address, { origin });
    }
  }
  return PageSocket as unknown as typeof globalThis.WebSocket;
}

/** A served page of one file. */
export async function servePage(
  router: ApiRouter,
  port = 0,
): Promise<WebHost & { folder: string; dispose(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'fapt-page-'));
  await writeFile(join(folder, 'index.html'), '<!doctype html><title>FAPT Studio</title>');
  await writeFile(join(folder, 'main.js'), 'export {};');
  const web = await startWebHost({ api: serveApi(router), folder, port });
  const dispose = async () => {
    await web.close();
    await rm(folder, { recursive: true });
  };
  return { ...web, folder, dispose };
}

export function socketAddress({ address }: Pick<WebHost, 'address'>): string {
  return address.replace('http:', 'ws:').replace('/?', '/api?');
}

export async function overSocket(host: AppHost): Promise<Connected> {
  const web = await servePage(createApiRouter(host));
  globalThis.WebSocket = socketLike(`http://127.0.0.1:${web.port}`);
  const client = createClient(() => openSocket(socketAddress(web)));
  return {
    client,
    lose: () => void web.close(),
    async dispose() {
      client.close();
      await web.dispose();
    },
  };
}

export async function overPort(host: AppHost): Promise<Connected> {
  const api = serveApi(createApiRouter(host));
  const ends: { close(): void }[] = [];
  let isGone = false;
  const client = createClient(async () => {
    if (isGone) throw new Error('the application is gone');
    const { port1, port2 } = new MessageChannel();
    api.port(port2 as unknown as PipePort);
    port2.start();
    ends.push(port2);
    return openPort(port1 as unknown as MessagePort);
  });
  const lose = () => {
    isGone = true;
    for (const end of ends) end.close();
  };
  return {
    client,
    lose,
    async dispose() {
      client.close();
      lose();
    },
  };
}

/** Without any wire: what crosses none keeps its type anyway, so the same cases must hold. */
export async function inProcess(host: AppHost): Promise<Connected> {
  const direct = createRouterClient(createApiRouter(host)) as unknown as Record<string, unknown>;
  const gone = Promise.withResolvers<void>();
  let isGone = false;
  const lose = () => {
    isGone = true;
    gone.resolve();
  };
  const client = createClient(async (): Promise<Channel> => {
    if (isGone) throw new Error('the application is gone');
    return {
      link: {
        call: async (path, input, options) => {
          const call = path.reduce<unknown>(
            (at, key) => (at as Record<string, unknown>)[key],
            direct,
          );
          return (call as (input: unknown, options: unknown) => Promise<unknown>)(input, options);
        },
      },
      closed: gone.promise,
      close: gone.resolve,
    };
  });
  return { client, lose, dispose: async () => client.close() };
}
