import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { FaptError } from '../../../shared/errors.ts';
import { decodeTable } from '../decode-text.ts';
import { presetNamed } from '../presets.ts';
import { readClassFolders } from './class-folders.ts';
import { readCoop } from './coop.ts';
import { parseDelimited } from './delimited.ts';
import type { Listing, ReadOptions } from './listing.ts';
import { readPreset } from './preset.ts';
import { recognizePreset, refuseManyPresets } from './preset-checklist.ts';
import { readTable, TABLE_ENDINGS } from './table.ts';
import { columnsOf } from './table-columns.ts';
import { isJunk } from './walk-pictures.ts';

/**
 * Reads what is at a path in the layout asked for, or (`auto`) in the one it shows. Throws
 * `file-missing`, `dataset-format`, and what the reader throws.
 */
export async function readListing(
  path: string,
  format: string,
  options: ReadOptions,
): Promise<Listing> {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) {
    throw new FaptError('file-missing', `There is no file or folder ${path}: check the path.`);
  }
  const preset = presetNamed(format);
  if (preset !== null) return readPreset(preset, path, options);
  if (!stat.isDirectory()) return readFile(path, format, options);
  const folder = unwrap(path);
  const listing = await readFolder(folder, format, options);
  return folder === path ? listing : { ...listing, name: basename(path) };
}

function readFile(path: string, format: string, options: ReadOptions): Promise<Listing> {
  const ending = extname(path).toLowerCase();
  if (format === 'folders') {
    throw new FaptError('dataset-format', `${path} is a file, not a folder of class folders.`);
  }
  if (format === 'coop' || (format === 'auto' && ending === '.json'))
    return readCoop(path, options);
  if (format === 'csv' || (format === 'auto' && TABLE_ENDINGS.has(ending))) {
    return readTable(path, options);
  }
  throw new FaptError(
    'dataset-format',
    `${path} is no dataset that this program reads: give a split file (.json), a table (.csv, .tsv, .jsonl), a zip, or a folder.`,
  );
}

async function readFolder(path: string, format: string, options: ReadOptions): Promise<Listing> {
  const files = readdirSync(path).filter((name) => !isJunk(name));
  const splits = files.filter((name) => /^split.*\.json$/i.test(name));
  const tables = files.filter((name) => isTable(join(path, name)));
  if (format === 'coop' || (format === 'auto' && splits.length > 0)) {
    return { ...(await readCoop(only(path, splits, 'split file'), options)), name: basename(path) };
  }
  const preset = format === 'auto' ? recognizePreset(path) : null;
  if (preset !== null) return readPreset(preset, path, options);
  if (format === 'csv' || (format === 'auto' && tables.length === 1)) {
    return { ...(await readTable(only(path, tables, 'table'), options)), name: basename(path) };
  }
  if (format === 'auto') refuseManyPresets(path);
  return readClassFolders(path, options);
}

function only(folder: string, names: string[], what: string): string {
  const [name] = names;
  if (names.length === 1 && name !== undefined) return join(folder, name);
  const which = names.length === 0 ? `no ${what}` : `several ${what}s (${names.sort().join(', ')})`;
  throw new FaptError(
    'dataset-format',
    `${folder} has ${which}: give the path of ${names.length === 0 ? 'one' : 'one of them'}.`,
  );
}

/** A table beside pictures counts only where its first line names the columns. */
function isTable(file: string): boolean {
  const ending = extname(file).toLowerCase();
  if (!TABLE_ENDINGS.has(ending) || ending === '.txt') return false;
  const { text } = decodeTable(readFileSync(file).subarray(0, 4096));
  const [line = '', next = ''] = text.split(/\r\n|\n|\r/);
  if (line.startsWith('{')) return /"(?:path|file|image)/i.test(line);
  const names = `${line}\n${next}`.replaceAll('"', '');
  const [first] = parseDelimited(names, file);
  return columnsOf(first?.cells ?? []) !== null;
}

/** An archive often holds one folder that holds everything. */
function unwrap(path: string): string {
  const inner = readdirSync(path, { withFileTypes: true }).filter(({ name }) => !isJunk(name));
  const [single] = inner;
  if (inner.length !== 1 || single === undefined || !single.isDirectory()) return path;
  const folder = join(path, single.name);
  // A folder of pictures is a class, and not a wrapping.
  const holdsFolders = readdirSync(folder, { withFileTypes: true }).some(
    (entry) =>
      !isJunk(entry.name) &&
      (entry.isDirectory() ||
        TABLE_ENDINGS.has(extname(entry.name)) ||
        /^split.*\.json$/i.test(entry.name)),
  );
  return holdsFolders ? unwrap(folder) : path;
}
