import process from 'node:process';
import type { z } from 'zod';
import { FaptError } from '../../../shared/errors.ts';
import { type App, openApp } from '../../api/app.ts';
import { createEngineHolder } from '../../api/engine-holder.ts';
import type { Engine } from '../../engine/start-engine.ts';
import { NEEDS_WRITE } from '../../models/bundled.ts';
import { type Interrupt, listenForInterrupt } from './interrupt.ts';
import { usageError } from './options.ts';
import { ProgressDisplay } from './progress.ts';
import { resolveFrom, userFolder } from './where.ts';

/** What every command needs from the terminal it runs in. */
export type Cli = {
  /** Whether one JSON document is wanted on stdout. */
  json: boolean;
  /** The workspace asked for, absolute; null for the user's own. */
  workspace: string | null;
  interrupt: Interrupt;
  progress: ProgressDisplay;
  /** `path` against where the person stood. */
  resolve(path: string): string;
  /** A line for people on stdout; nothing with --json. */
  print(text: string): void;
  /** A line on stderr. */
  note(text: string): void;
  /** The JSON document, checked against its schema; nothing without --json. */
  emit<T>(schema: z.ZodType<T>, document: T): void;
  /**
   * Opens the workspace, runs `use`, closes everything. `for-bundled` reads, and only where `use`
   * meets a bundled model or dataset that is not registered yet, writes and runs it again.
   */
  withApp<T>(
    options: { write: boolean | 'for-bundled' },
    use: (app: App) => Promise<T>,
  ): Promise<T>;
  /** Starts an engine without any workspace, runs `use`, ends it. */
  withEngine<T>(use: (engine: Engine) => Promise<T>): Promise<T>;
};

export type CommonOptions = { json?: boolean; workspace?: string };

/** The command line's surroundings for one command. */
export function createCli(options: CommonOptions): Cli {
  const folder = userFolder(process.env, process.cwd());
  const progress = new ProgressDisplay(process.stderr);
  const note = (text: string) => {
    progress.clear();
    process.stderr.write(`${text}\n`);
  };
  const interrupt = listenForInterrupt(note);
  const resolve = (path: string) => resolveFrom(folder, path);
  const log = process.env.FAPT_DEBUG ? note : undefined;
  const json = options.json ?? false;
  if (options.workspace === '')
    throw usageError('--workspace is empty: give a folder, or leave it out.');
  const workspace = options.workspace === undefined ? null : resolve(options.workspace);
  return {
    json,
    workspace,
    interrupt,
    progress,
    resolve,
    note,
    print(text) {
      if (json) return;
      progress.clear();
      process.stdout.write(`${text}\n`);
    },
    emit(schema, document) {
      if (json) process.stdout.write(`${JSON.stringify(schema.parse(document), null, 2)}\n`);
    },
    async withApp({ write }, use) {
      const open = (writable: boolean) =>
        openApp({
          workspace,
          write: writable,
          signal: interrupt.signal,
          note,
          log,
          report: (event) => progress.update(event),
        });
      if (write !== 'for-bundled') return runAndClose(await open(write), use);
      try {
        return await runAndClose(await open(false), use);
      } catch (error) {
        if (!(error instanceof FaptError && error.code === NEEDS_WRITE)) throw error;
        return runAndClose(await open(true), use);
      }
    },
    async withEngine(use) {
      if (interrupt.signal.aborted) throw new FaptError('stopped', 'Stopped.');
      const holder = createEngineHolder(note, log);
      // Nothing is kept here that a stop could hand over, so the first Ctrl-C ends it.
      interrupt.signal.addEventListener('abort', () => holder.kill(), { once: true });
      try {
        return await use(holder.engine());
      } catch (error) {
        if (interrupt.signal.aborted) throw new FaptError('stopped', 'Stopped.');
        throw error;
      } finally {
        await holder.stop();
      }
    },
  };

  async function runAndClose<T>(app: App, use: (app: App) => Promise<T>): Promise<T> {
    interrupt.onSecond(() => app.killEngine());
    try {
      return await use(app);
    } finally {
      progress.clear();
      await app.close();
    }
  }
}
