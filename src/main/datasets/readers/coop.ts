import { basename, dirname, extname } from 'node:path';
import { FaptError } from '../../../shared/errors.ts';
import type { DatasetProblem, SplitName } from '../../store/datasets.ts';
import { decodeText } from '../decode-text.ts';
import { parseJson } from '../parse-json.ts';
import { presetOfSplit } from '../presets.ts';
import { problem } from '../problems.ts';
import { emptyLists, normalizePath, SPLITS, type Split } from '../split.ts';
import { imageRoot } from './image-root.ts';
import type { Reader } from './listing.ts';
import { readBytes } from './read-bytes.ts';

/** A split file in CoOp's layout. */
export const readCoop: Reader = async (path, options) => {
  const split = readSplit(path);
  const folder = dirname(path);
  const preset = presetOfSplit(path);
  const inner = preset?.images ? [preset.images, 'images'] : ['images'];
  return {
    format: 'coop',
    source: path,
    folder,
    name: basename(path, extname(path)),
    imageRoot: imageRoot(folder, options.images, split.lists, inner),
    split,
    skipped: [],
    madeSplit: null,
    preset,
    walked: false,
  };
};

type RawEntry = [path: string, label: number, className: string];

/**
 * Reads a split in CoOp's layout: `{train, val, test}`, each a list of `[path, label, class name]`
 * (one list a split). Throws `file-missing`, `text-encoding`, `json-broken`, `split-shape`.
 */
export function readSplit(file: string): Split {
  const raw = rawLists(parseJson(decodeText(readBytes(file), file), file), file);
  const problems: DatasetProblem[] = [];
  const names = classNamesByLabel(raw, basename(file), problems);
  const labels = [...names.keys()].sort((a, b) => a - b);
  // CoOp's loader takes the names of the labels that occur, in order, so a gap shifts the labels.
  const renumbered = new Map(labels.map((label, index) => [label, index]));
  const gaps = (labels.at(-1) ?? -1) + 1 - labels.length;
  if (gaps > 0) {
    const message = `${gaps} labels below ${labels.at(-1)} have no image and no name; the labels after them were counted down.`;
    problems.push(problem('label-gap', basename(file), message));
  }
  const lists = emptyLists();
  for (const split of SPLITS) {
    lists[split] = raw[split].map(([path, label]) => ({
      path: normalizePath(path),
      label: renumbered.get(label) as number,
    }));
  }
  return { classNames: labels.map((label) => names.get(label) as string), lists, problems };
}

function rawLists(value: unknown, file: string): Record<SplitName, RawEntry[]> {
  const lists = { train: [], val: [], test: [] } as Record<SplitName, RawEntry[]>;
  const found = SPLITS.filter((split) => isObject(value) && value[split] !== undefined);
  if (!isObject(value) || found.length === 0) {
    throw shapeError(file, 'it is not an object with the lists "train", "val" and "test"');
  }
  for (const split of found) {
    const list = value[split];
    if (!Array.isArray(list)) throw shapeError(file, `"${split}" is not a list`);
    lists[split] = list.map((entry, index) => {
      if (isRawEntry(entry)) return entry;
      throw shapeError(
        file,
        `entry ${index + 1} of "${split}" is not [path, label, class name] but ${shorten(entry)}`,
      );
    });
  }
  if (SPLITS.every((split) => lists[split].length === 0)) {
    throw shapeError(file, 'all its lists are empty');
  }
  return lists;
}

function classNamesByLabel(
  raw: Record<SplitName, RawEntry[]>,
  file: string,
  problems: DatasetProblem[],
): Map<number, string> {
  const names = new Map<number, string>();
  const told = new Set<number>();
  for (const [, label, name] of SPLITS.flatMap((split) => raw[split])) {
    const known = names.get(label) ?? name;
    names.set(label, known);
    if (known === name || told.has(label)) continue;
    told.add(label);
    const message = `label ${label} is called both "${known}" and "${name}"`;
    problems.push(problem('label-names', file, message));
  }
  return names;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isRawEntry(entry: unknown): entry is RawEntry {
  if (!Array.isArray(entry) || entry.length !== 3) return false;
  const [path, label, name] = entry;
  if (typeof path !== 'string' || normalizePath(path) === '') return false;
  return Number.isSafeInteger(label) && label >= 0 && typeof name === 'string';
}

function shapeError(file: string, what: string): FaptError {
  return new FaptError(
    'split-shape',
    `${file} is not a split in CoOp layout: ${what}; correct the file.`,
  );
}

function shorten(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}
