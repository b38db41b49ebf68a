import type { Command } from 'commander';
import { z } from 'zod';
import { modelNamed } from '../../models/bundled.ts';
import {
  type DownloadModelOptions,
  downloadModel,
  mirrorOf,
  setMirror,
} from '../../models/download-model.ts';
import type { CommonOptions } from './cli.ts';
import { addCommand, withCli } from './common.ts';
import { addTowerOptions, baseOf, printAdded, type TowerOptions } from './model-document.ts';
import { parseName, usageError } from './options.ts';

type Options = CommonOptions & TowerOptions & Omit<DownloadModelOptions, 'from' | 'base'>;

/** `fapt model download`, the only command that uses the network, and `fapt model mirror`. */
export function registerDownload(model: Command): void {
  const usage =
    'fetch a CLIP from the Hugging Face hub (OWNER/NAME), or one weight file by its address';
  addTowerOptions(addCommand(model, 'download <name>', usage))
    .option(
      '--name <name>',
      "what to call it (default: the repository's or file's name)",
      parseName('--name'),
    )
    .option('--revision <revision>', 'branch, tag or commit (default: main)')
    .option('--mirror <url>', "a mirror of the hub, instead of this workspace's")
    .option('--sha256 <hash>', 'what a file fetched by its address must hash to')
    .action(
      withCli(async (cli, options: Options, from: string) => {
        const { name, revision, mirror, sha256 } = options;
        if (sha256 !== undefined && !/^[0-9a-f]{64}$/i.test(sha256)) {
          throw usageError(`--sha256 must be 64 hexadecimal digits, not "${sha256}".`);
        }
        await cli.withApp({ write: true }, async (app) => {
          const base = await baseOf(options, (called) => modelNamed(app, called));
          const asked = { from, name, revision, mirror, sha256, base };
          printAdded(cli, await downloadModel(app, asked));
        });
      }),
    );
  addCommand(model, 'mirror [url]', 'where downloads come from: show it, or set it')
    .option('--none', 'the hub itself again')
    .action(
      withCli(async (cli, options: CommonOptions & { none?: boolean }, url?: string) => {
        if (options.none && url !== undefined) throw usageError('Give a URL or --none, not both.');
        const changes = options.none || url !== undefined;
        await cli.withApp({ write: changes }, async (app) => {
          const mirror = changes ? setMirror(app, url ?? null) : mirrorOf(app);
          cli.print(mirror ?? 'The Hugging Face hub itself; no mirror is set.');
          cli.emit(z.strictObject({ mirror: z.string().nullable() }), { mirror });
        });
      }),
    );
}
