import { useEventListener } from '@vueuse/core';
import { ref, shallowRef } from 'vue';
import { api, desktop } from '../client/client.ts';
import { useAction } from '../data/use-action.ts';
import { filesOfDrop } from './files-of-drop.ts';

/**
 * Takes a folder or file dropped on the window and calls back with its path on the application's
 * machine. Electron knows the path; a browser does not, so there the files are sent first.
 */
export function useDropTarget(onPath: (path: string) => void) {
  const isOver = ref(false);
  const progress = shallowRef<{ done: number; total: number } | null>(null);
  const { run } = useAction();

  async function take(items: DataTransferItemList): Promise<void> {
    const first = items[0]?.getAsFile();
    if (desktop && first) {
      onPath(desktop.pathOf(first));
      return;
    }
    // The list is emptied when the event is over: read before anything is waited for.
    const files = await filesOfDrop(items);
    const path = await run(() => upload(files));
    progress.value = null;
    if (path) onPath(path);
  }

  async function upload(files: { path: string; file: File }[]): Promise<string> {
    const name = crypto.randomUUID();
    let folder = '';
    for (const [done, { path, file }] of files.entries()) {
      progress.value = { done, total: files.length };
      const bytes = new Uint8Array(await file.arrayBuffer());
      const answer = await api.files.upload({ upload: name, path, bytes });
      // One file by itself is a split or a table; several are a folder.
      folder = files.length === 1 && !path.includes('/') ? answer.file : answer.folder;
    }
    // A single folder is the dataset itself, and gives it its name.
    const tops = new Set(files.map(({ path }) => (path.includes('/') ? path.split('/')[0] : '')));
    const [top] = tops;
    return tops.size === 1 && top ? `${folder}/${top}` : folder;
  }

  useEventListener(window, 'dragover', (event) => {
    // Without this the browser would open the file in place of the window.
    event.preventDefault();
    isOver.value = true;
  });
  useEventListener(window, 'dragleave', (event) => {
    if (event.relatedTarget === null) isOver.value = false;
  });
  useEventListener(window, 'drop', (event) => {
    event.preventDefault();
    isOver.value = false;
    if (event.dataTransfer) void take(event.dataTransfer.items);
  });
  return { isOver, progress };
}
