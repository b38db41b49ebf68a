import type { AnyRouter } from '@orpc/server';
import { RPCHandler as PortHandler } from '@orpc/server/message-port';
import { RPCHandler as SocketHandler } from '@orpc/server/ws';
import type { WebSocket } from 'ws';
import type { PipePort } from '../../shared/pipe-port.ts';
import { wireTypes } from '../../shared/wire-types.ts';

/** Answers the calls of windows, however they are connected. */
export type ApiServer = {
  socket(socket: WebSocket): void;
  port(port: PipePort): void;
};

/** @param router handlers of the application's contract */
export function serveApi(router: AnyRouter): ApiServer {
  const options = { customJsonSerializers: wireTypes };
  const sockets = new SocketHandler(router, options);
  const ports = new PortHandler(router, options);
  return {
    socket(socket) {
      // What is said of a socket that breaks comes with its end.
      socket.on('error', () => {});
      void sockets.upgrade(socket);
    },
    port: (port) => ports.upgrade(port),
  };
}
