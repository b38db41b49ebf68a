import { statfs } from 'node:fs/promises';
import { FaptError, messageOf } from '../../shared/errors.ts';

/** What a download needs of the world; tests give another. */
export type Network = {
  fetch: typeof fetch;
  /** Attempts without any progress before a download is given up. */
  attempts: number;
  /** Milliseconds before attempt n is made again. */
  pauseMs(attempt: number): number;
  /** Milliseconds without a byte after which a connection counts as dropped. */
  stallMs: number;
  freeBytes(folder: string): Promise<number>;
};

export const NETWORK: Network = {
  fetch: (...request) => fetch(...request),
  attempts: 5,
  pauseMs: (attempt) => 1000 * 2 ** attempt,
  stallMs: 60_000,
  async freeBytes(folder) {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  },
};

/** No connection could be made at all: trying again at once is useless. */
const UNREACHABLE = new Set([
  'ENOTFOUND',
  'EAI_AGAIN',
  'ENETUNREACH',
  'EHOSTUNREACH',
  'ENETDOWN',
  'ECONNREFUSED',
]);

/** Whether nothing at all answers at an address. */
export function isUnreachable(error: unknown): boolean {
  return UNREACHABLE.has(causeCode(error));
}

/** The system's code of a failed fetch, which hides it in its causes. */
export function causeCode(error: unknown): string {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    if (cause instanceof AggregateError) return causeCode(cause.errors[0]) || (code ?? '');
    if (code && !cause.cause) return code;
  }
  return '';
}

/** What the innermost cause of a failed fetch says; its own message is "fetch failed". */
export function causeMessage(error: unknown): string {
  let inner = error;
  while (inner instanceof Error && inner.cause) inner = inner.cause;
  return messageOf(inner);
}

export function offline(url: string, cause: unknown): FaptError {
  const { host } = new URL(url);
  return new FaptError(
    'offline',
    `${host} cannot be reached (${causeCode(cause) || causeMessage(cause)}): check the connection, choose a mirror (--mirror on the command line), or add weights that are on this computer ("fapt model add PATH").`,
    { cause },
  );
}

/** What an answer that is no success means to a person. */
export function refusedAnswer(url: string, status: number): FaptError {
  const { host } = new URL(url);
  if (status === 404) {
    return new FaptError(
      'download-missing',
      `${host} has nothing at ${url}: check the name and the revision.`,
    );
  }
  if (status === 401 || status === 403) {
    return new FaptError(
      'download-refused',
      `${host} gives ${url} to signed-in people only, or there is no such model: check the name, or fetch it with a browser and add the file (on the command line "fapt model add PATH").`,
    );
  }
  return new FaptError(
    'download-failed',
    `${host} answers ${status} for ${url}: try again later, or choose a mirror (--mirror on the command line).`,
  );
}
