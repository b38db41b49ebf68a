import { readFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { extname } from 'node:path';
import { FaptError } from '../../../shared/errors.ts';
import { resolveInside } from '../../workspace/paths.ts';

/**
 * What the page may do: run this server's scripts and talk to this server, nothing else. Inline styles
 * are those of the component library's positions and colours.
 */
const CONTENT_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "frame-src 'self' blob:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
};

const SAFE_HEADERS = {
  'Content-Security-Policy': CONTENT_POLICY,
  'X-Content-Type-Options': 'nosniff',
  // The address holds the token.
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cache-Control': 'no-store',
};

/** Answers with a file of the built page, or says that there is none. */
export async function sendFile(
  response: ServerResponse,
  folder: string,
  path: string,
): Promise<void> {
  const bytes = await readInside(folder, path);
  if (bytes === null) return sendText(response, 404, 'There is nothing at this address.');
  const type = TYPES[extname(path)] ?? 'application/octet-stream';
  response.writeHead(200, { ...SAFE_HEADERS, 'Content-Type': type });
  response.end(bytes);
}

export function sendText(response: ServerResponse, status: number, sentence: string): void {
  response.writeHead(status, { ...SAFE_HEADERS, 'Content-Type': 'text/plain; charset=utf-8' });
  response.end(`${sentence}\n`);
}

async function readInside(folder: string, path: string): Promise<Buffer | null> {
  try {
    return await readFile(resolveInside(folder, path));
  } catch (error) {
    const { code } = error as { code?: string };
    const isAbsent = code === 'ENOENT' || code === 'EISDIR' || code === 'ENOTDIR';
    if (isAbsent || error instanceof FaptError) return null;
    throw error;
  }
}
