import { type ChildProcess, fork } from 'node:child_process';
import { setPriority } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { FaptError } from '../../shared/errors.ts';
import { ipcPort } from '../../shared/pipe-port.ts';
import { createEngineClient, type EngineClient } from './client.ts';

/** A running engine process. */
export type Engine = EngineClient & {
  readonly pid: number;
  /** Settles once the process is gone, with the error that calls then fail with. */
  readonly died: Promise<FaptError>;
  /** Ends the process: SIGTERM, then SIGKILL after `graceMs`. */
  stop(): Promise<void>;
  /** Ends the process at once, as a second Ctrl-C asks. */
  kill(): void;
};

export type EngineOptions = {
  /** The Node binary that runs the engine; never `process.execPath`, which may be Electron. */
  nodePath: string;
  /** Environment variables that set the number of threads. */
  environment: Record<string, string | undefined>;
  /** Receives each line the engine writes. */
  log?: (line: string) => void;
  /** The child's entry; tests give another. */
  entry?: string;
  /** Milliseconds between SIGTERM and SIGKILL. */
  graceMs?: number;
};

const ENTRY = fileURLToPath(new URL('../../engine/process.ts', import.meta.url));
const LOW_PRIORITY = 10;
const KEPT_LINES = 20;
/** The pipe closes a moment before the exit, with its code or signal, is known; longer on a busy machine. */
const EXIT_NEWS_MS = 10_000;

/**
 * Starts an engine process and returns its calls. Calls made before it is up wait for it; calls
 * made after it died, and those pending then, fail with a FaptError `engine-died`.
 */
export function startEngine(options: EngineOptions): Engine {
  const child = fork(options.entry ?? ENTRY, [], {
    execPath: options.nodePath,
    execArgv: ['--disable-warning=ExperimentalWarning'],
    env: { ...process.env, ...options.environment },
    // JSON would crash the parent on binary messages.
    serialization: 'advanced',
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  lowerPriority(child);
  const tail = keepTail(child, options.log);
  let dead: FaptError | null = null;
  const exited = new Promise<void>((resolve) => {
    const end = (reason: string) => {
      dead ??= deathError(reason, tail);
      resolve();
    };
    child.once('error', (error) => end(`could not be started: ${error.message}`));
    child.once('exit', (code, signal) =>
      end(signal ? `was ended by ${signal}` : `exited with ${code}`),
    );
  });
  const closed = () => dead ?? deathError('closed its connection', tail);
  const died = async () => {
    if (child.connected) return null;
    await Promise.race([exited, delay(EXIT_NEWS_MS, undefined, { ref: false })]);
    return closed();
  };
  const port = ipcPort(child, closed);
  return {
    ...createEngineClient(port, died),
    pid: child.pid ?? -1,
    died: exited.then(closed),
    kill: () => void child.kill('SIGKILL'),
    stop: () => stopChild(child, exited, options.graceMs ?? 3000),
  };
}

function lowerPriority(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    setPriority(child.pid, LOW_PRIORITY);
  } catch {
    // Without it the engine competes with the window, which is slower but not wrong.
  }
}

/** Passes the child's lines on, and keeps the last ones for the error that tells of its death. */
function keepTail(child: ChildProcess, log?: (line: string) => void): string[] {
  const tail: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    let rest = '';
    stream?.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        tail.push(line);
        if (tail.length > KEPT_LINES) tail.shift();
        log?.(line);
      }
    });
  }
  return tail;
}

function deathError(reason: string, tail: string[]): FaptError {
  // Where in the code it was stands in the log; a person is told what it was.
  const last = tail.findLast((line) => line.trim() !== '' && !/^\s+at /.test(line));
  return new FaptError(
    'engine-died',
    `The engine process ${reason}; what was finished is kept, and \`fapt resume\` goes on from the last checkpoint.` +
      (last ? ` Its last line was: ${last}` : ''),
  );
}

async function stopChild(child: ChildProcess, exited: Promise<void>, graceMs: number) {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), graceMs);
  await exited;
  clearTimeout(timer);
}
