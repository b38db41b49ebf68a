import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** A new secret for one run of the host; it stands in the address that is opened. */
export function newToken(): string {
  return randomBytes(24).toString('base64url');
}

/** Compares in a time that tells nothing, whatever the length. */
export function isToken(given: string | null, token: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given ?? ''), digest(token)) && given !== null;
}

/** Names by which this machine alone can mean itself. */
const OWN_NAMES = ['127.0.0.1', 'localhost'];

/**
 * Whether a request was made to this machine by its own name: a page of another site can make a
 * browser send requests here, but not with this host (DNS rebinding).
 */
export function isOwnHost({ headers }: IncomingMessage, port: number): boolean {
  return OWN_NAMES.some((name) => headers.host === `${name}:${port}`);
}

/** Whether a page of this very server asks. */
export function isOwnOrigin({ headers }: IncomingMessage, port: number): boolean {
  return OWN_NAMES.some((name) => headers.origin === `http://${name}:${port}`);
}
