import { desktop } from '../client/client.ts';
import { downloadFile } from '../runs/download-file.ts';

/**
 * Gives the person a file: by the system's dialog in the desktop window, as a download in a browser.
 * @returns whether it was saved; false where the dialog was closed
 */
export async function saveFile(
  name: string,
  content: string | Uint8Array,
  type: string,
): Promise<boolean> {
  if (!desktop) {
    downloadFile(name, content, type);
    return true;
  }
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  return (await desktop.saveFile({ name, bytes })) !== null;
}
