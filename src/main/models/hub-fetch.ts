import { FaptError } from '../../shared/errors.ts';
import { causeMessage, isUnreachable, type Network, offline, refusedAnswer } from './network.ts';

/** What all answers about one repository may take. */
const LARGEST_LISTING = 8_000_000;

/**
 * A `fetch` for the hub's library: it hears a stop, gives up a silent server, reads a bounded number of
 * bytes in all, follows the pages of a listing on the hub itself alone, and fails in sentences.
 *
 * @throws FaptError `offline`, `download-*`; the signal's reason after a stop
 */
export function limitedFetch(
  endpoint: string,
  network: Network,
  signal: AbortSignal,
): typeof fetch {
  let left = LARGEST_LISTING;
  return async (request, init) => {
    const url = String(request);
    if (new URL(url).origin !== new URL(endpoint).origin) throw foreignAnswer(endpoint);
    const both = AbortSignal.any([signal, AbortSignal.timeout(network.stallMs)]);
    try {
      const response = await network.fetch(url, { ...init, signal: both });
      if (!response.ok) {
        await response.body?.cancel();
        throw refusedAnswer(url, response.status);
      }
      const body = await readWithin(response, left);
      if (!body) throw foreignAnswer(endpoint);
      left -= body.length;
      return new Response(body, response);
    } catch (error) {
      if (error instanceof FaptError || signal.aborted) throw error;
      if (isUnreachable(error) || both.aborted) throw offline(url, error);
      throw new FaptError(
        'download-failed',
        `${new URL(url).host} could not be asked (${causeMessage(error)}): try again, or choose a mirror (--mirror on the command line).`,
        { cause: error },
      );
    }
  };
}

/** Null where there is more than that. */
async function readWithin(response: Response, limit: number): Promise<Buffer<ArrayBuffer> | null> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of response.body ?? []) {
    length += part.length;
    if (length > limit) return null;
    parts.push(part);
  }
  return Buffer.concat(parts);
}

export function foreignAnswer(endpoint: string, cause?: unknown): FaptError {
  return new FaptError(
    'download-failed',
    `${new URL(endpoint).host} does not answer as the Hugging Face hub does: check the mirror's address.`,
    { cause },
  );
}
