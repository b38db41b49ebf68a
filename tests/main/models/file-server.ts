import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Network } from '../../../src/main/models/network.ts';

export type FileServer = {
  url: string;
  /** "METHOD path range" of every request. */
  requests: string[];
  /** Answers by path, with its query or for any; others are 404. */
  files: Map<string, Buffer>;
  /** What a path's answer says beside its length and tag. */
  headers: Map<string, Record<string, string>>;
  /** What happens to a path instead of a whole answer; each is used once, in order. */
  faults: Map<string, Fault[]>;
  /** Whether ranges are understood. */
  ranges: boolean;
  /** Ends the answers that are to be dropped: once the other side has read something of them. */
  cut(): void;
  close(): Promise<void>;
};

/** `drop` ends an answer when `cut` is called, or at once where nothing of it is sent. */
export type Fault =
  | { kind: 'drop'; after: number }
  | { kind: 'hang'; after: number }
  | { kind: 'status'; status: number }
  | { kind: 'redirect'; to: string };

/** A small server of files on this machine that can fail in the ways servers do. */
export async function startFileServer(): Promise<FileServer> {
  const dropped: ServerResponse[] = [];
  const http = createServer((request, response) => {
    if (answer(server, request, response)) dropped.push(response);
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const server: FileServer = {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    requests: [],
    files: new Map(),
    headers: new Map(),
    faults: new Map(),
    ranges: true,
    cut: () => {
      for (const response of dropped.splice(0)) response.destroy();
    },
    close: () =>
      new Promise((resolve) => {
        http.closeAllConnections();
        http.close(() => resolve());
      }),
  };
  return server;
}

/** @returns whether the answer waits to be cut */
function answer(server: FileServer, request: IncomingMessage, response: ServerResponse): boolean {
  const path = request.url ?? '';
  const range = request.headers.range ?? '';
  server.requests.push(`${request.method} ${path} ${range}`.trim());
  const fault = server.faults.get(path)?.shift();
  if (fault?.kind === 'status') {
    response.writeHead(fault.status).end('busy');
    return false;
  }
  if (fault?.kind === 'redirect') {
    response.writeHead(302, { location: fault.to }).end();
    return false;
  }
  const whole = server.files.get(path) ?? server.files.get(path.split('?')[0] ?? '');
  if (!whole) {
    response.writeHead(404).end('nothing here');
    return false;
  }
  const from = server.ranges ? Number(/^bytes=(\d+)-$/.exec(range)?.[1] ?? 0) : 0;
  const body = whole.subarray(from);
  const headers = { 'content-length': body.length, etag: '"tag"', ...server.headers.get(path) };
  if (from > 0) {
    const shown = `bytes ${from}-${whole.length - 1}/${whole.length}`;
    response.writeHead(206, { ...headers, 'content-range': shown });
  } else response.writeHead(200, headers);
  if (request.method === 'HEAD') response.end();
  else if (!fault) response.end(body);
  else if (fault.after === 0) response.destroy();
  else response.write(body.subarray(0, fault.after));
  return fault?.kind === 'drop' && fault.after > 0;
}

/** The real network without its waits. */
export function quickNetwork(changes: Partial<Network> = {}): Network {
  return {
    fetch: (...request) => fetch(...request),
    attempts: 3,
    pauseMs: () => 1,
    stallMs: 60_000,
    freeBytes: async () => 1e12,
    ...changes,
  };
}
