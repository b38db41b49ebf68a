/** The eleven datasets of CoOp (Zhou et al. 2022), in its order. */
export const PRESET_NAMES = [
  'ImageNet',
  'Caltech101',
  'OxfordPets',
  'StanfordCars',
  'OxfordFlowers',
  'Food101',
  'FGVCAircraft',
  'SUN397',
  'DescribableTextures',
  'EuroSAT',
  'UCF101',
] as const;
export type PresetName = (typeof PRESET_NAMES)[number];

/** Layouts of a source; `csv` is every table (CSV, TSV, JSON lines), `auto` is told by the source. */
export const LAYOUTS = ['auto', 'coop', 'folders', 'csv', 'zip'] as const;

/** What an import is asked for: a layout, or a published dataset under its own rules. */
export const DATASET_FORMATS = [...LAYOUTS, ...PRESET_NAMES] as const;
export type DatasetFormatName = (typeof DATASET_FORMATS)[number];
