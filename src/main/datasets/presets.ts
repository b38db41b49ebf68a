import { basename, extname } from 'node:path';
import type { PresetName } from '../../shared/dataset-formats.ts';
import type { SplitName } from '../store/datasets.ts';

/** A published dataset: where its parts lie, its hand template, and how large it is. */
export type Preset = {
  name: PresetName;
  /** Other names that people write. */
  aliases: string[];
  /** Its folder in CoOp's layout of all datasets. */
  folder: string;
  /** Where its paths start, below its folder. */
  images: string;
  /** CoOp's split file; null for the two datasets that come with lists or folders of their own. */
  split: string | null;
  template: string;
  classes: number;
  /** Images as the CoOp paper counts them; `val` of ImageNet is its test set. */
  counts: Record<SplitName, number>;
};

const PLAIN = 'a photo of a {}.';

function preset(
  name: PresetName,
  [folder, images]: [folder: string, images: string],
  template: string,
  classes: number,
  [train, val, test]: [number, number, number],
  more: { split?: string | null; aliases?: string[] } = {},
): Preset {
  const { split = `split_zhou_${name}.json`, aliases = [] } = more;
  return {
    name,
    aliases,
    folder,
    images,
    split,
    template,
    classes,
    counts: { train, val, test },
  };
}

/** The eleven datasets of CoOp (Zhou et al. 2022), with its templates and its counts. */
export const PRESETS: readonly Preset[] = [
  preset('ImageNet', ['imagenet', 'images'], PLAIN, 1000, [1281167, 0, 50000], { split: null }),
  preset('Caltech101', ['caltech-101', '101_ObjectCategories'], PLAIN, 100, [4128, 1649, 2465], {
    aliases: ['Caltech'],
  }),
  preset(
    'OxfordPets',
    ['oxford_pets', 'images'],
    'a photo of a {}, a type of pet.',
    37,
    [2944, 736, 3669],
    { aliases: ['Pets'] },
  ),
  preset('StanfordCars', ['stanford_cars', ''], PLAIN, 196, [6509, 1635, 8041], {
    aliases: ['Cars'],
  }),
  preset(
    'OxfordFlowers',
    ['oxford_flowers', 'jpg'],
    'a photo of a {}, a type of flower.',
    102,
    [4093, 1633, 2463],
    { aliases: ['Flowers102', 'Flowers'] },
  ),
  preset(
    'Food101',
    ['food-101', 'images'],
    'a photo of {}, a type of food.',
    101,
    [50500, 20200, 30300],
    { aliases: ['Food'] },
  ),
  preset(
    'FGVCAircraft',
    ['fgvc_aircraft', 'images'],
    'a photo of a {}, a type of aircraft.',
    100,
    [3334, 3333, 3333],
    { split: null, aliases: ['Aircraft'] },
  ),
  preset('SUN397', ['sun397', 'SUN397'], PLAIN, 397, [15880, 3970, 19850], { aliases: ['SUN'] }),
  preset('DescribableTextures', ['dtd', 'images'], '{} texture.', 47, [2820, 1128, 1692], {
    aliases: ['DTD'],
  }),
  preset(
    'EuroSAT',
    ['eurosat', '2750'],
    'a centered satellite photo of {}.',
    10,
    [13500, 5400, 8100],
  ),
  preset(
    'UCF101',
    ['ucf101', 'UCF-101-midframes'],
    'a photo of a person doing {}.',
    101,
    [7639, 1898, 3783],
    { aliases: ['UCF'] },
  ),
];

/** A preset by its name or an alias, in any case. */
export function presetNamed(name: string): Preset | null {
  const wanted = name.toLowerCase();
  const isIt = ({ name: own, aliases }: Preset): boolean =>
    [own, ...aliases].some((known) => known.toLowerCase() === wanted);
  return PRESETS.find(isIt) ?? null;
}

/** The preset whose published split file has this name. */
export function presetOfSplit(file: string): Preset | null {
  const name = basename(file, extname(file));
  return PRESETS.find(({ split }) => split !== null && basename(split, '.json') === name) ?? null;
}
