import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { FaptError, messageOf } from '../../shared/errors.ts';
import type { ApiServer } from './serve-api.ts';
import { isOwnHost, isOwnOrigin, isToken, newToken } from './web/access.ts';
import { sendFile, sendText } from './web/static-files.ts';

/** The window, served to browsers of this machine. */
export type WebHost = {
  /** What to open; holds the token. */
  address: string;
  port: number;
  close(): Promise<void>;
};

export type WebHostOptions = {
  api: Pick<ApiServer, 'socket'>;
  /** The built page. */
  folder: string;
  /** 0 takes a free one. */
  port: number;
};

/** Nothing but this machine can connect. */
const LOCAL = '127.0.0.1';
/** Pictures that are dropped on the window travel in one message. */
const LONGEST_MESSAGE = 256 * 1024 * 1024;

/**
 * Serves the page, and the application's calls under `/api`. The page and the calls want the token of
 * this start, and the calls an origin that is this server.
 * @throws FaptError `port-taken`, `port-refused`
 */
export async function startWebHost({ api, folder, port }: WebHostOptions): Promise<WebHost> {
  const token = newToken();
  const server = createServer((request, response) => {
    answer(request, response).catch((error) => {
      if (!response.headersSent) sendText(response, 500, messageOf(error));
    });
  });
  await listen(server, port);
  const own = (server.address() as AddressInfo).port;
  const sockets = new WebSocketServer({ noServer: true, maxPayload: LONGEST_MESSAGE });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!isOwnHost(request, own)) return sendText(response, 403, 'This address is not served.');
    if (request.method !== 'GET') return sendText(response, 405, 'Pages are only read here.');
    const { pathname, searchParams } = urlOf(request);
    // Browsers ask for it unasked; the page names its own icon, if it has one.
    if (pathname === '/favicon.ico') return void response.writeHead(204).end();
    if (pathname !== '/') return sendFile(response, folder, `.${decodeURIComponent(pathname)}`);
    if (isToken(searchParams.get('token'), token)) {
      return sendFile(response, folder, 'index.html');
    }
    const sentence =
      'Open the address that "fapt serve" printed: it ends with the token of its start.';
    return sendText(response, 403, sentence);
  }

  server.on('upgrade', (request, socket: Duplex, head) => {
    const { pathname, searchParams } = urlOf(request);
    const isWelcome =
      pathname === '/api' &&
      isOwnHost(request, own) &&
      isOwnOrigin(request, own) &&
      isToken(searchParams.get('token'), token);
    if (isWelcome) return sockets.handleUpgrade(request, socket, head, (one) => api.socket(one));
    socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
  });

  return {
    address: `http://${LOCAL}:${own}/?token=${token}`,
    port: own,
    async close() {
      for (const socket of sockets.clients) socket.terminate();
      sockets.close();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

function urlOf({ url }: IncomingMessage): URL {
  return new URL(url ?? '/', `http://${LOCAL}`);
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => reject(refusal(port, cause)));
    server.listen(port, LOCAL, resolve);
  });
}

function refusal(port: number, cause: NodeJS.ErrnoException): FaptError {
  if (cause.code === 'EADDRINUSE') {
    return new FaptError(
      'port-taken',
      `Port ${port} is taken by another program: choose another with --port, or leave it out to take a free one.`,
      { cause },
    );
  }
  return new FaptError(
    'port-refused',
    `Port ${port} cannot be listened on (${cause.code}): choose one above 1023 with --port.`,
    { cause },
  );
}
