import { basename, dirname, extname } from 'node:path';
import { FaptError } from '../../../shared/errors.ts';
import { say } from '../../../shared/sentence.ts';
import type { DatasetProblem } from '../../store/datasets.ts';
import { presetOfSplit } from '../presets.ts';
import { problem } from '../problems.ts';
import { emptyLists, normalizePath, SPLITS, type Split } from '../split.ts';
import { imageRoot } from './image-root.ts';
import type { Reader } from './listing.ts';
import { type SplitOutline, streamSplit } from './stream-split.ts';

/** A split file in CoOp's layout. */
export const readCoop: Reader = async (path, options) => {
  const split = await readSplit(path, options.signal);
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
export async function readSplit(file: string, signal?: AbortSignal): Promise<Split> {
  const lists = emptyLists();
  const names = new ClassNames(basename(file));
  const outline = await streamSplit(
    file,
    (split, index, entry) => {
      if (!isRawEntry(entry)) {
        const what = `entry ${index + 1} of "${split}" is not [path, label, class name] but ${shorten(entry)}`;
        throw shapeError(file, what);
      }
      const [path, label, name] = entry;
      names.take(label, name);
      lists[split].push({ path: normalizePath(path), label });
    },
    signal,
  );
  refuseOutline(file, outline, lists);
  const { classNames, places, problems } = names.result();
  for (const split of SPLITS) {
    for (const entry of lists[split]) entry.label = places.get(entry.label) as number;
  }
  return { classNames, lists, problems };
}

function refuseOutline(
  file: string,
  { isObject, lists, noLists }: SplitOutline,
  entries: Split['lists'],
): void {
  if (!isObject || lists.length + noLists.length === 0) {
    throw shapeError(file, 'it is not an object with the lists "train", "val" and "test"');
  }
  const [wrong] = noLists;
  if (wrong) throw shapeError(file, `"${wrong}" is not a list`);
  const twice = lists.find((name, at) => lists.indexOf(name) !== at);
  if (twice) throw shapeError(file, `"${twice}" is there twice`);
  if (SPLITS.every((split) => entries[split].length === 0)) {
    throw shapeError(file, 'all its lists are empty');
  }
}

/** The name of each label that occurs, and what is wrong with them. */
class ClassNames {
  readonly #file: string;
  readonly #names = new Map<number, string>();
  readonly #told = new Set<number>();
  readonly #problems: DatasetProblem[] = [];

  constructor(file: string) {
    this.#file = file;
  }

  take(label: number, name: string): void {
    const known = this.#names.get(label);
    if (known === undefined) this.#names.set(label, name);
    if (known === undefined || known === name || this.#told.has(label)) return;
    this.#told.add(label);
    const message = say('problem.label-names', { label, one: known, other: name });
    this.#problems.push(problem('label-names', this.#file, message));
  }

  /** CoOp's loader takes the names of the labels that occur, in order, so a gap shifts the labels. */
  result(): { classNames: string[]; places: Map<number, number>; problems: DatasetProblem[] } {
    const labels = [...this.#names.keys()].sort((a, b) => a - b);
    const gaps = (labels.at(-1) ?? -1) + 1 - labels.length;
    if (gaps > 0) {
      const message = say('problem.label-gap', { n: gaps, last: labels.at(-1) ?? 0 });
      this.#problems.push(problem('label-gap', this.#file, message));
    }
    return {
      classNames: labels.map((label) => this.#names.get(label) as string),
      places: new Map(labels.map((label, place) => [label, place])),
      problems: this.#problems,
    };
  }
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
