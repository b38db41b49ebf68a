import { requireWritable } from '../../export/require-writable.ts';
import type { Cli } from './cli.ts';

/** Where a command is to write, absolute; refused before any work where it could not. */
export async function outFile(cli: Cli, out: string): Promise<string> {
  const file = cli.resolve(out);
  await requireWritable(file, 'file');
  return file;
}

/** The folder a command is to write to, absolute; refused before any work where it could not be. */
export async function outFolder(cli: Cli, out: string): Promise<string> {
  const folder = cli.resolve(out);
  await requireWritable(folder, 'folder');
  return folder;
}
