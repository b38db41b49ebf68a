import { api } from '../client/client.ts';

type Wanted = { dataset: string; split: 'train' | 'val' | 'test'; path: string; size: number };

/** Pictures kept, and questions asked at once: a fast scroll must not fill memory or the line. */
const KEPT = 1500;
const AT_ONCE = 8;

const urls = new Map<string, Promise<string>>();
const waiting: (() => void)[] = [];
let asked = 0;

/** The address of a small picture, asked for once. Rejects where the file cannot be read. */
export function thumbnailUrl(wanted: Wanted): Promise<string> {
  const key = JSON.stringify(wanted);
  const found = urls.get(key);
  if (found) {
    urls.delete(key);
    urls.set(key, found);
    return found;
  }
  const url = load(wanted);
  urls.set(key, url);
  url.catch(() => urls.delete(key));
  for (const [oldest, old] of urls) {
    if (urls.size <= KEPT) break;
    urls.delete(oldest);
    void old.then(URL.revokeObjectURL, () => {});
  }
  return url;
}

async function load(wanted: Wanted): Promise<string> {
  if (asked >= AT_ONCE) await new Promise<void>((resolve) => waiting.push(resolve));
  asked += 1;
  try {
    const { bytes, contentType } = await api.datasets.thumbnail(wanted);
    return URL.createObjectURL(new Blob([bytes.slice()], { type: contentType }));
  } finally {
    asked -= 1;
    waiting.shift()?.();
  }
}
