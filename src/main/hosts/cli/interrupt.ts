import process from 'node:process';

/** npm passes a Ctrl-C on that the terminal has already delivered; the echo comes within this time. */
const ECHO_MS = 1000;

/** Ctrl-C: once asks for a stop at the next step, twice ends the work at once. */
export type Interrupt = {
  /** Raised by the first Ctrl-C. */
  readonly signal: AbortSignal;
  /** Called by the second one, to end the engine. */
  onSecond(action: () => void): void;
  dispose(): void;
};

/** Listens for Ctrl-C, a closed terminal and SIGTERM, which all ask for the same thing. */
export function listenForInterrupt(note: (line: string) => void, now = Date.now): Interrupt {
  const controller = new AbortController();
  const actions = new Set<() => void>();
  let firstAt = 0;
  const onSignal = () => {
    if (!controller.signal.aborted) {
      firstAt = now();
      note('Stopping at the next step boundary; press Ctrl-C again to end at once.');
      controller.abort();
      return;
    }
    if (now() - firstAt < ECHO_MS) return;
    for (const action of actions) action();
    if (actions.size === 0) process.exit(130);
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, onSignal);
  return {
    signal: controller.signal,
    onSecond: (action) => void actions.add(action),
    dispose: () => {
      for (const signal of signals) process.off(signal, onSignal);
    },
  };
}
