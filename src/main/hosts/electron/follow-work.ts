import { type BrowserWindow, Notification, powerSaveBlocker } from 'electron';
import type { AppHost } from '../../api/app-host.ts';

/** Value that takes the progress away from the taskbar. */
const NO_PROGRESS = -1;

export type Followed = {
  windowOf(): BrowserWindow | null;
  /** Called when the last job has ended. */
  onIdle(): void;
  signal: AbortSignal;
};

/**
 * While a job is at work the machine does not fall asleep and the taskbar shows how far it is; when it
 * has ended, and the person looks elsewhere, a notification says so.
 */
export async function followWork(
  host: AppHost,
  { windowOf, onIdle, signal }: Followed,
): Promise<void> {
  let blocker: number | null = null;
  let last: number | null = null;
  const look = () => {
    const current = host.queue.current();
    const window = windowOf();
    if (current && blocker === null) blocker = powerSaveBlocker.start('prevent-app-suspension');
    if (!current && blocker !== null) {
      powerSaveBlocker.stop(blocker);
      blocker = null;
    }
    const share = current && current.total > 0 ? current.done / current.total : 0;
    if (window && !window.isDestroyed()) window.setProgressBar(current ? share : NO_PROGRESS);
    const ended = last !== null && last !== current?.job ? last : null;
    last = current?.job ?? null;
    if (ended === null) return;
    if (!window?.isFocused()) notify(host, ended);
    if (!current) onIdle();
  };
  look();
  for await (const { topics } of host.changes.watch(host.changes.sequence, signal)) {
    if (topics.includes('status')) look();
  }
  if (blocker !== null) powerSaveBlocker.stop(blocker);
}

/** Says how a job ended; nothing of one that was paused, which the person did. */
function notify(host: AppHost, job: number): void {
  const { ended, held } = host.queue.list();
  const item = [...ended, ...held].find((one) => one.job === job);
  if (!item || item.status === 'paused' || !Notification.isSupported()) return;
  const body = item.statusReason ?? `It is ${item.status}.`;
  new Notification({ title: item.title, body }).show();
}
