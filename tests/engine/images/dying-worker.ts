/** Stands in for a decoder thread: it dies at files named `deadly`, and answers with their names' length. */
import { parentPort } from 'node:worker_threads';
import type { DecodeOrder } from '../../../src/engine/images/decode-pool.ts';

parentPort?.on('message', ({ id, request: { path } }: DecodeOrder) => {
  if (path.includes('deadly')) process.exit(7);
  if (path.includes('throws')) throw new Error('the decoder gave up');
  parentPort?.postMessage({ id, planes: Uint8Array.of(path.length) });
});
