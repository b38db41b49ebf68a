import { openSocket } from '../../src/renderer/client/channel.ts';
import { type Api, createClient } from '../../src/renderer/client/create-client.ts';
import { socketAddress, socketLike } from '../main/hosts/connect.ts';

/** Asks a served application something that no screen shows. */
export async function ask<T>(address: string, question: (api: Api) => Promise<T>): Promise<T> {
  globalThis.WebSocket = socketLike(new URL(address).origin);
  const client = createClient(() => openSocket(socketAddress({ address })));
  try {
    return await question(client.api);
  } finally {
    client.close();
  }
}
