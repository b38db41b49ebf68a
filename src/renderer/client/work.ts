type Progress = { type: 'progress'; stage: string; done: number; total: number };
type Done<Result> = { type: 'done'; result: Result };
type WorkEvent<Result> = Progress | Done<Result> | { type: 'failure' };

/**
 * Reads a call that tells its progress to its end. A raised signal leaves the stream, which stops the
 * work.
 * @throws FaptError as the work failed, or the signal's reason
 */
export async function finishWork<Result>(
  stream: Promise<AsyncIterable<WorkEvent<Result>>> | AsyncIterable<WorkEvent<Result>>,
  onProgress: (progress: Progress) => void = () => {},
  signal?: AbortSignal,
): Promise<Result> {
  const events = (await stream)[Symbol.asyncIterator]();
  const stopped = new Promise<never>((_, reject) => {
    if (signal?.aborted) reject(signal.reason);
    signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
  stopped.catch(() => {});
  try {
    for (;;) {
      const next = await Promise.race([events.next(), stopped]);
      if (next.done) throw new TypeError('a stream of work ended without a result');
      if (next.value.type === 'done') return next.value.result;
      if (next.value.type === 'progress') onProgress(next.value);
    }
  } finally {
    void events.return?.();
  }
}
