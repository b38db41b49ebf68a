import { useToast } from '@nuxt/ui/composables/useToast';
import { FaptError } from '../../shared/errors.ts';
import { useAction } from '../data/use-action.ts';
import { useWork } from '../data/use-work.ts';
import { saveFile } from './save-file.ts';
import { useMissingNote } from './use-missing-note.ts';

type ExportedFile = {
  name: string;
  type: string;
  bytes: Uint8Array;
  missing?: string;
  sentence?: string;
};

/** A longer export: its progress, a way to stop it, and the file handed over at its end. */
export function useExportWork() {
  const work = useWork<ExportedFile>();
  const { run } = useAction();
  const toast = useToast();
  const tellMissing = useMissingNote();

  async function start(begin: Parameters<typeof work.start>[0]): Promise<void> {
    await run(async () => {
      const file = await work.start(begin);
      const failure = work.error.value;
      if (failure) throw new FaptError(failure.code, failure.message);
      if (!file) return;
      await saveFile(file.name, file.bytes, file.type);
      tellMissing(file.missing ?? '');
      if (file.sentence) {
        const said = { title: file.name, description: file.sentence };
        toast.add({ ...said, color: 'success', icon: 'i-lucide-check', duration: 0 });
      }
    });
  }
  return { progress: work.progress, isRunning: work.isRunning, cancel: work.cancel, start };
}
