import { type BrowserWindow, dialog } from 'electron';
import type { AppHost } from '../../api/app-host.ts';

export type CloseChoice = 'keep-running' | 'stop-and-keep' | 'cancel';

const TRAINING: [CloseChoice, string][] = [
  ['keep-running', 'Keep running'],
  ['stop-and-keep', 'Stop and keep'],
  ['cancel', 'Cancel'],
];

/**
 * What closing the window means for the job at work: it goes on without a window, a training is ended
 * at its next step and its result kept, or the window stays.
 */
export async function askBeforeClose(host: AppHost, window: BrowserWindow): Promise<CloseChoice> {
  const current = host.queue.current();
  if (!current) return 'stop-and-keep';
  const buttons = TRAINING.map(([, label]) => label);
  const { response } = await dialog.showMessageBox(window, {
    type: 'question',
    message: `${current.title} is still at work.`,
    detail:
      'Keep running: it goes on without a window, and opening the application again shows it. ' +
      'Stop and keep: a training ends at its next step and what it learned is kept; other work is held and goes on next time. ' +
      'Cancel: the window stays.',
    buttons,
    defaultId: 0,
    cancelId: 2,
    noLink: true,
  });
  return TRAINING[response]?.[0] ?? 'cancel';
}

/** Ends the training at work and keeps it; what has no part to keep is held when the host closes. */
export async function stopAndKeep(host: AppHost): Promise<void> {
  const { queue, changes } = host;
  try {
    queue.stopAndKeep();
  } catch {
    // An evaluation, the demo, or work that ended meanwhile.
    return;
  }
  const heard = new AbortController();
  for await (const _ of changes.watch(changes.sequence - 1, heard.signal)) {
    if (queue.current()?.asked !== 'keep') return;
  }
}
