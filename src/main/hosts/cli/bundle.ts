import type { Command } from 'commander';
import { openedBundleSchema, writtenBundleSchema } from '../../../shared/api-results.ts';
import { describeOpened, openBundle } from '../../bundles/open-bundle.ts';
import { writeBundle } from '../../bundles/write-bundle.ts';
import { getRun } from '../../store/runs.ts';
import type { CommonOptions } from './cli.ts';
import { addCommand, withCli } from './common.ts';

/** `fapt bundle` and `fapt open`: a run as one file, and back. */
export function registerBundle(program: Command): void {
  addCommand(program, 'bundle <run>', 'everything that is known of a run, in one file')
    .option('--out <file>', 'where it goes (default: RUN.faptrun)')
    .action(
      withCli(async (cli, options: CommonOptions & { out?: string }, id: string) => {
        await cli.withApp({ write: false }, async ({ workspace, db }) => {
          const run = getRun(db, id).id;
          const file = cli.resolve(options.out ?? `${run}.faptrun`);
          const sizeBytes = await writeBundle(workspace, run, file);
          cli.print(`wrote ${file} (${(sizeBytes / 1e6).toFixed(1)} MB)`);
          cli.emit(writtenBundleSchema, { run, file, sizeBytes });
        });
      }),
    );
  addCommand(program, 'open <bundle>', 'a run that was bundled, into this workspace').action(
    withCli(async (cli, _options: CommonOptions, path: string) => {
      await cli.withApp({ write: true }, async ({ workspace }) => {
        const opened = await openBundle(workspace, cli.resolve(path));
        for (const sentence of describeOpened(opened)) cli.print(sentence);
        cli.emit(openedBundleSchema, opened);
      });
    }),
  );
}
