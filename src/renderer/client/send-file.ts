import type { Api } from './create-client.ts';

/** What one message to the application carries: weights as a whole would break the connection. */
export const PART_BYTES = 8 * 2 ** 20;

/**
 * Sends a file of the browser part by part, as one of an upload; the answer is where the upload lies.
 *
 * @param path relative to the upload, with `/`
 * @param onSent called with the bytes of each part that arrived
 */
export async function sendFile(
  api: Pick<Api, 'files'>,
  { upload, path, file }: { upload: string; path: string; file: Blob },
  onSent: (bytes: number) => void = () => {},
): Promise<{ folder: string; file: string }> {
  for (let at = 0; ; at += PART_BYTES) {
    const part = file.slice(at, at + PART_BYTES);
    const bytes = new Uint8Array(await part.arrayBuffer());
    const answer = await api.files.upload({ upload, path, bytes, at });
    onSent(bytes.length);
    if (at + PART_BYTES >= file.size) return answer;
  }
}
