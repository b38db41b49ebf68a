import type { Command } from 'commander';
import {
  type OpenedBundles,
  openedBundleSchema,
  openedBundlesSchema,
  writtenBundleSchema,
} from '../../../shared/api-results.ts';
import { FaptError } from '../../../shared/errors.ts';
import { describeOpened, openBundle } from '../../bundles/open-bundle.ts';
import { bundleFiles, openBundles } from '../../bundles/open-bundles.ts';
import { writeBundle } from '../../bundles/write-bundle.ts';
import { getRun } from '../../store/runs.ts';
import type { CommonOptions } from './cli.ts';
import { addCommand, withCli } from './common.ts';

/** `fapt bundle` and `fapt open`: a run as one file, and files back. */
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
  addCommand(program, 'open <bundles...>', 'bundled runs, into this workspace').action(
    withCli(async (cli, _options: CommonOptions, paths: string[]) => {
      const files = await bundleFiles(paths.map((path) => cli.resolve(path)));
      await cli.withApp({ write: true }, async (app) => {
        const [only] = paths;
        // A file by itself is opened or refused; several are opened as far as they are new.
        if (paths.length === 1 && only && files[0] === cli.resolve(only)) {
          const opened = await openBundle(app.workspace, files[0]);
          for (const sentence of describeOpened(opened)) cli.print(sentence);
          cli.emit(openedBundleSchema, opened);
          return;
        }
        const report = await openBundles(app, files);
        for (const sentence of describeSeveral(report)) cli.print(sentence);
        cli.emit(openedBundlesSchema, report);
        refuseFailures(report);
      });
    }),
  );
}

function describeSeveral({ opened, known }: OpenedBundles): string[] {
  const wants = opened.flatMap((bundle) => describeOpened(bundle).slice(1));
  const there = known.length === 0 ? [] : [`${known.length} were there already.`];
  return [`${opened.length} opened.`, ...there, ...new Set(wants)];
}

function refuseFailures({ failures, opened, known }: OpenedBundles): void {
  if (failures.length === 0) return;
  const all = failures.length + opened.length + known.length;
  throw new FaptError(
    'bundles-failed',
    `${failures.length} of ${all} bundles could not be opened: ${failures.map(({ reason }) => reason).join(' ')}`,
  );
}
