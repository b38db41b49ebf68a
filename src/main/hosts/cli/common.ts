import type { Command } from 'commander';
import { type Cli, type CommonOptions, createCli } from './cli.ts';

/** Adds a command with the options every command has. */
export function addCommand(parent: Command, usage: string, description: string): Command {
  return parent
    .command(usage)
    .description(description)
    .option('--workspace <dir>', "folder of the workspace (default: the user's data folder)")
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
    } finally {
      cli.interrupt.dispose();
    }
  };
}
