import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { FaptError } from '../../../shared/errors.ts';
import { PRESETS, type Preset } from '../presets.ts';
import { IMAGENET_FILES, isImageNet } from './imagenet.ts';
import type { ReadOptions } from './listing.ts';
import { PRESET_LISTS } from './preset-lists.ts';
import { FOLDER_RULES } from './preset-names.ts';

/** The original download of the cars, whose folders are lists; only the split file tells the classes. */
const NO_CLASS_FOLDERS: Record<string, string[]> = {
  StanfordCars: ['cars_train', 'cars_test', 'car_ims'],
};

/** One thing that a preset needs, and whether it is there; any one of several files will do. */
export type ChecklistItem = { anyOf: string[]; present: boolean };

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
  const isByFolder =
    preset.name in FOLDER_RULES && !NO_CLASS_FOLDERS[preset.name]?.some((name) => there(name));
  if (preset.split !== null && there(preset.split)) {
    return [...items, { anyOf: [preset.split], present: true }];
  }
  if (preset.split !== null && isByFolder) return items;
  const missing = lists.filter((file) => !there(file));
  if (preset.split === null) {
    return [...items, ...lists.map((file) => ({ anyOf: [file], present: there(file) }))];
  }
  const present = lists.length > 0 && missing.length === 0;
  return [...items, { anyOf: [preset.split, ...missing.slice(0, 1)], present }];
}

/** What the preset needs, looked for at a path: its folder, that of all datasets, or its split file. */
export function checkPreset(
  preset: Preset,
  path: string,
  options: Pick<ReadOptions, 'images'> = {},
): { folder: string; items: ChecklistItem[] } {
  const folder = presetFolder(preset, path);
  return { folder, items: presetChecklist(preset, folder, options) };
}

/** The published dataset that a folder is laid out as, by the text files that it comes with. */
export function recognizePreset(folder: string): Preset | null {
  if (isImageNet(folder)) return PRESETS.find(({ name }) => name === 'ImageNet') ?? null;
  const isIt = (preset: Preset): boolean => {
    const lists = PRESET_LISTS[preset.name]?.files ?? [];
    const root = presetFolder(preset, folder);
    return lists.length > 0 && lists.every((file) => existsSync(join(root, file)));
  };
  return PRESETS.find(isIt) ?? null;
}

/** Throws `dataset-format` for the folder of all published datasets, whose folders are no classes. */
export function refuseManyPresets(folder: string): void {
  const inside = PRESETS.filter(
    (preset) => preset.split !== null && existsSync(join(folder, preset.folder, preset.split)),
  );
  if (inside.length === 0) return;
  throw new FaptError(
    'dataset-format',
    `${folder} holds datasets of their own (${inside.map((preset) => preset.folder).join(', ')}): give the folder of one, or choose one of the published datasets (--preset on the command line).`,
  );
}

function presetFolder(preset: Preset, path: string): string {
  // The original archive of the aircraft keeps all in `data`.
  const start = basename(path) === preset.split ? dirname(path) : path;
  const places = ['', preset.folder, 'data', join(preset.folder, 'data')].map((at) =>
    join(start, at),
  );
  const isIt = (folder: string): boolean =>
    presetChecklist(preset, folder).some(({ present }) => present) ||
    (preset.split !== null && existsSync(join(folder, preset.split)));
  return places.find(isIt) ?? start;
}
