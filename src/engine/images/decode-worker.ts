/**
 * A thread that decodes images for the engine, one after the other in the order they were asked for
 * (decode-pool.ts).
 */
import { parentPort } from 'node:worker_threads';
import sharp from 'sharp';
import { FaptError, messageOf } from '../../shared/errors.ts';
import { stream } from '../random.ts';
import { decodeImage, decodeRandomCrop } from './decode-image.ts';
import type { DecodeAnswer, DecodeOrder, DecodeRequest } from './decode-pool.ts';

// The threads themselves are what runs at the same time.
sharp.concurrency(1);

let last: Promise<void> = Promise.resolve();
parentPort?.on('message', (order: DecodeOrder) => {
  last = last.then(() => answer(order));
});

async function answer({ id, request, stopped }: DecodeOrder): Promise<void> {
  // Nobody waits any more for what a stopped job had asked for.
  if (Atomics.load(stopped, 0) !== 0) return send({ id, failure: null });
  try {
    const planes = await decode(request);
    send({ id, planes }, [planes.buffer as ArrayBuffer]);
  } catch (error) {
    const code = error instanceof FaptError ? error.code : 'image-unreadable';
    send({ id, failure: { code, message: messageOf(error) } });
  }
}

function decode({ path, size, shape }: DecodeRequest): Promise<Uint8Array> {
  return typeof shape === 'string'
    ? decodeImage(path, size, shape)
    : decodeRandomCrop(path, size, stream(...shape));
}

function send(answer: DecodeAnswer, transfer: ArrayBuffer[] = []): void {
  parentPort?.postMessage(answer, transfer);
}
