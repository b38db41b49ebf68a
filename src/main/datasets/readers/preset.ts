import { existsSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { FaptError } from '../../../shared/errors.ts';
import { say } from '../../../shared/sentence.ts';
import type { DatasetProblem } from '../../store/datasets.ts';
import type { Preset } from '../presets.ts';
import { problem } from '../problems.ts';
import { type FolderRules, readFoldersBy } from './class-folders.ts';
import { readCoop } from './coop.ts';
import { readImageNet } from './imagenet.ts';
import type { Listing, ReadOptions } from './listing.ts';
import { type ChecklistItem, checkPreset } from './preset-checklist.ts';
import { PRESET_LISTS } from './preset-lists.ts';
import { FOLDER_RULES } from './preset-names.ts';

/**
 * A published dataset under its own rules: its split file where there is one, else its own lists or
 * folders. `path` is its folder, the folder of all datasets, or the split file.
 * Throws `preset-incomplete`, which names the missing file; `dataset-format` for another file.
 */
export async function readPreset(
  preset: Preset,
  path: string,
  options: ReadOptions,
): Promise<Listing> {
  refuseOtherFile(preset, path);
  const { folder, items } = checkPreset(preset, path, options);
  refuseIncomplete(preset, folder, items);
  const listing = await readParts(preset, folder, options);
  const problems = [...listing.split.problems, ...unpublished(preset, listing)];
  return { ...listing, name: preset.name, preset, split: { ...listing.split, problems } };
}

function refuseOtherFile(preset: Preset, path: string): void {
  if (statSync(path).isDirectory() || basename(path) === preset.split) return;
  const its = preset.split === null ? '' : ` or its ${preset.split}`;
  throw new FaptError(
    'dataset-format',
    `${path} is not what ${preset.name} is read from: give its folder${its}, or leave the name of the dataset out.`,
  );
}

function refuseIncomplete(preset: Preset, folder: string, items: ChecklistItem[]): void {
  const missing = items.filter(({ present }) => !present);
  if (missing.length === 0) return;
  const names = missing.map(({ anyOf }) => anyOf.join(' or ')).join(', ');
  throw new FaptError(
    'preset-incomplete',
    `${preset.name} in ${folder} lacks ${names}: put it there, or give the folder that holds it.`,
  );
}

async function readParts(preset: Preset, folder: string, options: ReadOptions): Promise<Listing> {
  const split = preset.split === null ? null : join(folder, preset.split);
  if (split !== null && existsSync(split)) return readCoop(split, options);
  const root = options.images ?? join(folder, preset.images);
  const common = { source: folder, folder, name: basename(folder), imageRoot: root, preset };
  if (preset.name === 'ImageNet') {
    const read = await readImageNet(folder, root, options.signal);
    return { ...common, ...read, format: 'folders', madeSplit: null, walked: true };
  }
  const lists = PRESET_LISTS[preset.name];
  if (lists !== undefined) {
    const read = lists.read(folder, options.madeSplit.seed);
    return { ...common, format: 'lists', split: read, skipped: [], madeSplit: null, walked: false };
  }
  const rules = FOLDER_RULES[preset.name] as FolderRules;
  const listing = await readFoldersBy(rules, root, options);
  return { ...listing, ...common };
}

/** A split that is not the published one cannot be compared with published numbers. */
function unpublished(preset: Preset, listing: Listing): DatasetProblem[] {
  if (preset.split === null || listing.format === 'coop') return [];
  const how = listing.format === 'lists' ? 'lists' : 'unpublished';
  const message = say(`problem.made-split.${how}`, { file: preset.split });
  return [problem('made-split', preset.split, message)];
}

/** Where a preset's numbers differ from those of the CoOp paper. */
export function expectedCounts(
  { name, classes, counts }: Preset,
  found: { classes: number; counts: Preset['counts'] },
): DatasetProblem[] {
  const facts: [`count.${'classes' | keyof Preset['counts']}`, number, number][] = [
    ['count.classes', found.classes, classes],
    ['count.train', found.counts.train, counts.train],
    ['count.val', found.counts.val, counts.val],
    ['count.test', found.counts.test, counts.test],
  ];
  const differ = facts.filter(([, have, paper]) => have !== paper);
  if (differ.length === 0) return [];
  const listed = differ.map(([code, have, paper]) => say(code, { have, paper })).join(', ');
  return [
    problem('expected-counts', name, say('problem.expected-counts', { counts: listed, name })),
  ];
}
