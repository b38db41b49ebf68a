import type { FolderRules } from './class-folders.ts';

/** How class names of the published datasets are made where no split file tells them (CoOp's code). */

const CALTECH_NAMES: Record<string, string> = {
  airplanes: 'airplane',
  Faces: 'face',
  Leopards: 'leopard',
  Motorbikes: 'motorbike',
};
const CALTECH_LEFT_OUT = new Set(['BACKGROUND_Google', 'Faces_easy']);

const EUROSAT_NAMES: Record<string, string> = {
  AnnualCrop: 'Annual Crop Land',
  HerbaceousVegetation: 'Herbaceous Vegetation Land',
  Highway: 'Highway or Road',
  Industrial: 'Industrial Buildings',
  Pasture: 'Pasture Land',
  PermanentCrop: 'Permanent Crop Land',
  Residential: 'Residential Buildings',
  SeaLake: 'Sea or Lake',
};

/** Caltech's folders; two of them are no classes of it. */
function caltechName(folder: string): string | null {
  return CALTECH_LEFT_OUT.has(folder) ? null : (CALTECH_NAMES[folder] ?? folder);
}

function eurosatName(folder: string): string {
  return EUROSAT_NAMES[folder] ?? folder;
}

/** "Audi S4 Sedan 2012" -> "2012 Audi S4 Sedan". */
function carName(folder: string): string {
  return folder.replace(/^(.*) (\d{4})$/, '$2 $1');
}

/** "a/abbey" -> "abbey", "a/apse/indoor" -> "indoor apse": the letter goes, the rest is turned round. */
export function sunName(folder: string): string {
  return folder.split('/').slice(1).reverse().join(' ');
}

/** "ApplyEyeMakeup" -> "Apply_Eye_Makeup"; so are the folders of its frames named. */
export function ucfName(action: string): string {
  return (action.match(/[A-Z][^A-Z]*/g) ?? [action]).join('_');
}

/** Datasets whose classes are their folders, where no split file is there. */
export const FOLDER_RULES: Record<string, FolderRules> = {
  Caltech101: { className: caltechName },
  DescribableTextures: { className: (folder) => folder },
  EuroSAT: { className: eurosatName },
  Food101: { className: (folder) => folder },
  StanfordCars: { className: carName },
};
