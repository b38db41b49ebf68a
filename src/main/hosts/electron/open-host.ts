import { dialog } from 'electron';
import { FaptError, messageOf } from '../../../shared/errors.ts';
import type { AppHost } from '../../api/app-host.ts';
import { forgetDataFolder } from '../../api/data-folder.ts';

/** The data folder that was chosen in Settings cannot be opened; another one never takes its place unasked. */
const CHOICE_FAILED = new Set(['workspace-missing', 'workspace-choice']);
const BUTTONS = ['Try again', 'Use the default folder', 'Quit'];

/**
 * Opens the application, or says why it cannot be: then null. Where the chosen data folder is the reason,
 * the person may connect its disk and try again, or go back to the default folder.
 */
export async function openHost(open: () => Promise<AppHost>): Promise<AppHost | null> {
  let goesBack = false;
  for (;;) {
    try {
      if (goesBack) await forgetDataFolder();
      return await open();
    } catch (error) {
      if (!(error instanceof FaptError && CHOICE_FAILED.has(error.code))) {
        dialog.showErrorBox('FAPT Studio', messageOf(error));
        return null;
      }
      const { response } = await dialog.showMessageBox({
        type: 'error',
        message: 'The data folder cannot be opened.',
        detail: error.message,
        buttons: BUTTONS,
        defaultId: 0,
        cancelId: 2,
        noLink: true,
      });
      if (response === 2) return null;
      goesBack = response === 1;
    }
  }
}
