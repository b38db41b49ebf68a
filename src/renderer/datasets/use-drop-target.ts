import { useToast } from '@nuxt/ui/composables/useToast';
import { useEventListener } from '@vueuse/core';
import { ref, shallowRef } from 'vue';
import { useI18n } from 'vue-i18n';
import { api, desktop } from '../client/client.ts';
import { sendFile } from '../client/send-file.ts';
import { useAction } from '../data/use-action.ts';
import { filesOfDrop } from './files-of-drop.ts';

const megabytes = (bytes: number): number => Math.ceil(bytes / 1e6);

/**
 * Takes a folder or file dropped on the window and calls back with its path on the application's
 * machine. Electron knows the path; a browser does not, so there the files are sent first.
 */
export function useDropTarget(onPath: (path: string) => void) {
  const { t } = useI18n();
  const toast = useToast();
  const isOver = ref(false);
  /** Megabytes sent and to be sent. */
  const progress = shallowRef<{ done: number; total: number } | null>(null);
  const { run } = useAction();

  async function take(items: DataTransferItemList): Promise<void> {
    // A text or a link that is dragged is no file.
    if (![...items].some(({ kind }) => kind === 'file')) return;
    const first = items[0]?.getAsFile();
    if (desktop && first) {
      if (items.length > 1) toast.add({ title: t('datasets.dropMany'), color: 'warning' });
      onPath(desktop.pathOf(first));
      return;
    }
    // The list is emptied when the event is over: read before anything is waited for.
    const found = filesOfDrop(items);
    const path = await run(async () => upload(await found));
    progress.value = null;
    if (path === '') toast.add({ title: t('datasets.dropEmpty'), color: 'warning', duration: 0 });
    if (path) onPath(path);
  }

  /** Where the files lie now; empty where there is none. */
  async function upload(files: { path: string; file: File }[]): Promise<string> {
    const name = crypto.randomUUID();
    let folder = '';
    let sent = 0;
    const total = megabytes(files.reduce((sum, { file }) => sum + file.size, 0));
    const onSent = (bytes: number): void => {
      sent += bytes;
      progress.value = { done: megabytes(sent), total };
    };
    for (const { path, file } of files) {
      onSent(0);
      const answer = await sendFile(api, { upload: name, path, file }, onSent);
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
