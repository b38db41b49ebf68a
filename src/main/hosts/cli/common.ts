import type { Command } from 'commander';
import { FaptError } from '../../../shared/errors.ts';
import { type Cli, type CommonOptions, createCli } from './cli.ts';

/** A second Ctrl-C kills the engine; a wait for the workspace is given up. */
const ENDED_BY_STOP = new Set(['engine-died', 'workspace-busy']);

/** Adds a command with the options every command has. */
export function addCommand(parent: Command, usage: string, description: string): Command {
  return parent
    .command(usage)
    .description(description)
    .option(
      '--workspace <dir>',
      "folder of the workspace (default: that of FAPT_WORKSPACE, of Settings, or the user's data folder)",
    )
    .option('--json', 'one JSON document on stdout, progress on stderr');
}

/** Makes an action that gets the terminal, its options, then its arguments. */
export function withCli<Options extends CommonOptions, Args extends unknown[]>(
  action: (cli: Cli, options: Options, ...args: Args) => Promise<void>,
): (...all: unknown[]) => Promise<void> {
  return async (...all) => {
    // Commander passes the arguments, then the options, then the command.
    const options = all.at(-2) as Options;
    const cli = createCli(options);
    try {
      await action(cli, options, ...(all.slice(0, -2) as Args));
    } catch (error) {
      throw cli.interrupt.signal.aborted ? asStopped(error) : error;
    } finally {
      cli.interrupt.dispose();
    }
  };
}

/** What a stop makes of work that has no step boundary of its own; other failures stay as they are. */
function asStopped(error: unknown): unknown {
  const isEnded = error instanceof FaptError && ENDED_BY_STOP.has(error.code);
  const isAborted = error instanceof Error && error.name === 'AbortError';
  if (!isEnded && !isAborted) return error;
  return new FaptError('stopped', isEnded ? error.message : 'Stopped.', { cause: error });
}
