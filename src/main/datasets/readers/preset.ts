import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { FaptError } from '../../../shared/errors.ts';
import type { DatasetProblem } from '../../store/datasets.ts';
import { PRESETS, type Preset } from '../presets.ts';
import { problem } from '../problems.ts';
import { type FolderRules, readFoldersBy } from './class-folders.ts';
import { readCoop } from './coop.ts';
import { IMAGENET_FILES, isImageNet, readImageNet } from './imagenet.ts';
import type { Listing, ReadOptions } from './listing.ts';
import { PRESET_LISTS } from './preset-lists.ts';
import { caltechName, carName, eurosatName } from './preset-names.ts';

/** Datasets whose classes are their folders, where no split file is there. */
const FOLDER_RULES: Record<string, FolderRules> = {
  Caltech101: { className: caltechName },
  DescribableTextures: { className: (folder) => folder },
  EuroSAT: { className: eurosatName },
  Food101: { className: (folder) => folder },
  StanfordCars: { className: carName },
};

/** One thing that a preset needs, and whether it is there; any one of several files will do. */
export type ChecklistItem = { anyOf: string[]; present: boolean };

/**
 * A published dataset under its own rules: its split file where there is one, else its own lists or
 * folders. `path` is its folder, the folder of all datasets, or the split file.
 * Throws `preset-incomplete`, which names the missing file.
 */
export async function readPreset(
  preset: Preset,
  path: string,
  options: ReadOptions,
): Promise<Listing> {
  const { folder, items } = checkPreset(preset, path, options);
  refuseIncomplete(preset, folder, items);
  const listing = await readParts(preset, folder, options);
  const problems = [...listing.split.problems, ...unpublished(preset, listing)];
  return { ...listing, name: preset.name, preset, split: { ...listing.split, problems } };
}

/** What the preset needs below its folder. */
export function presetChecklist(
  preset: Preset,
  folder: string,
  options: Pick<ReadOptions, 'images'> = {},
): ChecklistItem[] {
  const lists = PRESET_LISTS[preset.name]?.files ?? [];
  const there = (file: string): boolean => existsSync(join(folder, file));
  if (preset.name === 'ImageNet') {
    return IMAGENET_FILES.map((file) => ({ anyOf: [file], present: there(file) }));
  }
  const images = { anyOf: [preset.images], present: there(preset.images) };
  const items = options.images === undefined && preset.images !== '' ? [images] : [];
  if (preset.split !== null && (there(preset.split) || preset.name in FOLDER_RULES)) return items;
  const missing = lists.filter((file) => !there(file));
  if (preset.split === null) {
    return [...items, ...lists.map((file) => ({ anyOf: [file], present: there(file) }))];
  }
  const present = lists.length > 0 && missing.length === 0;
  return [...items, { anyOf: [preset.split, ...missing.slice(0, 1)], present }];
}

/** What the preset needs, looked for where it lies at a path: its folder, or that of all datasets. */
export function checkPreset(
  preset: Preset,
  path: string,
  options: Pick<ReadOptions, 'images'> = {},
): { folder: string; items: ChecklistItem[] } {
  const folder = presetFolder(preset, path);
  return { folder, items: presetChecklist(preset, folder, options) };
}

/** The published datasets that a folder is laid out as. */
export function recognizePreset(folder: string): Preset | null {
  if (isImageNet(folder)) return PRESETS.find(({ name }) => name === 'ImageNet') ?? null;
  const lists = PRESET_LISTS.FGVCAircraft?.files ?? [];
  const aircraft = PRESETS.find(({ name }) => name === 'FGVCAircraft') ?? null;
  const root = aircraft === null ? folder : presetFolder(aircraft, folder);
  return lists.every((file) => existsSync(join(root, file))) ? aircraft : null;
}

function presetFolder(preset: Preset, path: string): string {
  // The original archive of the aircraft keeps all in `data`.
  const places = ['', preset.folder, 'data', join(preset.folder, 'data')].map((at) =>
    join(path, at),
  );
  const isIt = (folder: string): boolean =>
    presetChecklist(preset, folder).some(({ present }) => present) ||
    (preset.split !== null && existsSync(join(folder, preset.split)));
  return places.find(isIt) ?? path;
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
  const what =
    listing.format === 'lists' ? 'a fifth of its training list became val' : 'a split was made';
  const message = `${preset.split} is not there, so ${what}: numbers cannot be compared with published ones`;
  return [problem('made-split', preset.split, message)];
}

/** Where a preset's numbers differ from those of the CoOp paper. */
export function expectedCounts(
  { name, classes, counts }: Preset,
  found: { classes: number; counts: Preset['counts'] },
): DatasetProblem[] {
  const facts: [string, number, number][] = [
    ['classes', found.classes, classes],
    ['training images', found.counts.train, counts.train],
    ['validation images', found.counts.val, counts.val],
    ['test images', found.counts.test, counts.test],
  ];
  const differ = facts.filter(([, have, paper]) => have !== paper);
  if (differ.length === 0) return [];
  const listed = differ.map(([what, have, paper]) => `${have} ${what} and not ${paper}`).join(', ');
  return [
    problem('expected-counts', name, `there are ${listed}, as the CoOp paper counts ${name}`),
  ];
}
