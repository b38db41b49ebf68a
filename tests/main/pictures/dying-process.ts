/** Stands in for the process of pictures: it dies at files named `deadly`, where others wait too. */
import process from 'node:process';
import { setTimeout } from 'node:timers/promises';
import type { PictureOrder } from '../../../src/main/pictures/tasks.ts';

process.send?.({ ready: true });
process.on('disconnect', () => process.exit());
process.on('message', async ({ id, args: [path] }: PictureOrder) => {
  await setTimeout(20);
  if (path.includes('deadly')) process.kill(process.pid, 'SIGSEGV');
  await setTimeout(20);
  process.send?.({ id, result: path.length });
});
