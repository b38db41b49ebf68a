import process from 'node:process';
import { ipcPort } from '../../shared/pipe-port.ts';
import type { EngineFunctions } from './functions.ts';
import { serveEngine } from './router.ts';

/**
 * Makes this process the engine of the one that forked it: it answers over IPC and ends with its
 * parent. Ctrl-C reaches the whole process group; here it is ignored, since the parent decides
 * whether to stop at a step boundary.
 */
export function serveParent(functions: EngineFunctions): void {
  if (!process.send) {
    console.error('This file is the engine process of FAPT Studio; run `fapt doctor` instead.');
    process.exit(2);
  }
  process.on('SIGINT', () => {});
  process.on('disconnect', () => process.exit(0));
  serveEngine(
    ipcPort(process, () => new Error('The application that started the engine is gone.')),
    functions,
  );
}
