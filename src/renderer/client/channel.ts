import type { ClientLink } from '@orpc/client';
import { RPCLink as PortLink } from '@orpc/client/message-port';
import { RPCLink as SocketLink } from '@orpc/client/websocket';
import { wireTypes } from '../../shared/wire-types.ts';

/** One connection to the application. */
export type Channel = {
  link: ClientLink<Record<never, never>>;
  /** Settles when the other side is gone. */
  closed: Promise<void>;
  close(): void;
};

const options = { customJsonSerializers: wireTypes };

/** A channel over a WebSocket. Rejects where the application does not answer or refuses the token. */
export async function openSocket(address: string): Promise<Channel> {
  const websocket = new WebSocket(address);
  websocket.binaryType = 'arraybuffer';
  const closed = new Promise<void>((resolve) =>
    websocket.addEventListener('close', () => resolve(), { once: true }),
  );
  const opened = new Promise<'open'>((resolve) =>
    websocket.addEventListener('open', () => resolve('open'), { once: true }),
  );
  if ((await Promise.race([opened, closed])) !== 'open') {
    throw new Error('the application does not answer');
  }
  return {
    link: new SocketLink({ websocket, ...options }),
    closed,
    close: () => websocket.close(),
  };
}

/** A channel over a MessagePort that the other side serves already. */
export function openPort(port: MessagePort): Channel {
  const closed = new Promise<void>((resolve) =>
    port.addEventListener('close', () => resolve(), { once: true }),
  );
  const link = new PortLink({ port, ...options });
  port.start();
  return { link, closed, close: () => port.close() };
}
