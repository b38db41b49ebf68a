/** The process that decodes pictures for the application, several at a time (decode-apart.ts). */
import process from 'node:process';
import { FaptError, messageOf } from '../../shared/errors.ts';
import { PICTURE_TASKS, type PictureAnswer, type PictureOrder } from './tasks.ts';

process.on('message', (order: PictureOrder) => void answer(order));
process.on('disconnect', () => process.exit());
send({ ready: true });

async function answer({ id, task, args }: PictureOrder): Promise<void> {
  try {
    const work = PICTURE_TASKS[task] as (...args: unknown[]) => Promise<unknown>;
    send({ id, result: await work(...args) });
  } catch (error) {
    const code = error instanceof FaptError ? error.code : 'image-unreadable';
    send({ id, failure: { code, message: messageOf(error) } });
  }
}

function send(answer: PictureAnswer): void {
  process.send?.(answer);
}
