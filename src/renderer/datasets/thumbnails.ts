import { api } from '../client/client.ts';

type Wanted = { dataset: string; split: 'train' | 'val' | 'test'; path: string; size: number };
type Waiting = { signal: AbortSignal; begin(): void; drop(): void };

/** Pictures kept, and questions asked at once: a fast scroll must not fill memory or the line. */
const KEPT = 1500;
const AT_ONCE = 8;
/** What flies past in less is not asked for at all. */
const LOOKED_AT_MS = 60;

const urls = new Map<string, string>();
const waiting: Waiting[] = [];
let asked = 0;

/** The address of a small picture that is here already. */
export function knownThumbnail(wanted: Wanted): string | null {
  const key = JSON.stringify(wanted);
  const url = urls.get(key);
  if (!url) return null;
  // The one that was looked at last is the last to go.
  urls.delete(key);
  urls.set(key, url);
  return url;
}

/**
 * Asks for a small picture. What is asked for last comes first, since that is what is on the screen; one
 * that was scrolled past (its signal is raised) before its turn is never asked for. Rejects where the
 * file cannot be read, and with the signal's reason.
 */
export async function loadThumbnail(wanted: Wanted, signal: AbortSignal): Promise<string> {
  await new Promise((resolve) => setTimeout(resolve, LOOKED_AT_MS));
  signal.throwIfAborted();
  await new Promise<void>((begin, reject) => {
    waiting.push({ signal, begin, drop: () => reject(signal.reason) });
    next();
  });
  try {
    const { bytes, contentType } = await api.datasets.thumbnail(wanted, { signal });
    const url = URL.createObjectURL(new Blob([bytes.slice()], { type: contentType }));
    keep(JSON.stringify(wanted), url);
    return url;
  } finally {
    asked -= 1;
    next();
  }
}

/** Begins with the newest that somebody still waits for. */
function next(): void {
  while (asked < AT_ONCE) {
    const newest = waiting.pop();
    if (!newest) return;
    if (newest.signal.aborted) {
      newest.drop();
      continue;
    }
    asked += 1;
    newest.begin();
  }
}

function keep(key: string, url: string): void {
  urls.set(key, url);
  for (const [oldest, old] of urls) {
    if (urls.size <= KEPT) break;
    urls.delete(oldest);
    URL.revokeObjectURL(old);
  }
}
