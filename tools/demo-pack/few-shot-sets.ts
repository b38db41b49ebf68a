import { type Difficulty, FEW_SHOT_DIFFICULTY } from './difficulty.ts';

/** A class: its name, and the emoji whose drawings show it (the one of that name, unless said). */
export type ClassSpec = string | { readonly name: string; readonly emoji: readonly string[] };

/**
 * Which drawings of a class are its test images.
 * - `style`: all drawings of one style, the same for every class, so a style tells nothing of the
 *   class, and no drawing is in both train and test;
 * - `rotated`: as `style`, but another style from class to class;
 * - `shared`: every drawing is in train and in test.
 */
export type TestPlan =
  | { readonly kind: 'style'; readonly style: string }
  | { readonly kind: 'rotated' }
  | { readonly kind: 'shared' };

export interface FewShotSet {
  readonly name: string;
  readonly title: string;
  readonly template: string;
  readonly classes: readonly ClassSpec[];
  readonly testPlan: TestPlan;
  readonly difficulty: Difficulty;
}

/** A class that has both a whole animal and its face. */
const wholeAndFace = (name: string): ClassSpec => ({
  name,
  emoji: [name, `${name} face`],
});

export const FEW_SHOT_SETS: readonly FewShotSet[] = [
  {
    name: 'demo-mammals',
    title: 'mammals',
    template: 'a photo of a {}.',
    classes: [
      wholeAndFace('dog'),
      wholeAndFace('cat'),
      wholeAndFace('tiger'),
      wholeAndFace('horse'),
      wholeAndFace('cow'),
      wholeAndFace('pig'),
      wholeAndFace('mouse'),
      wholeAndFace('rabbit'),
      wholeAndFace('monkey'),
      { name: 'camel', emoji: ['camel', 'two-hump camel'] },
      'fox',
      'lion',
      'bear',
      'elephant',
      'panda',
    ],
    testPlan: { kind: 'shared' },
    difficulty: FEW_SHOT_DIFFICULTY,
  },
  {
    name: 'demo-food',
    title: 'food',
    template: 'a photo of a {}.',
    classes: [
      'red apple',
      'banana',
      'cherries',
      'peach',
      'tomato',
      'lemon',
      'strawberry',
      'pineapple',
      'carrot',
      'croissant',
      'hamburger',
      'pizza',
      'doughnut',
      'cookie',
      'sushi',
    ],
    testPlan: { kind: 'shared' },
    difficulty: FEW_SHOT_DIFFICULTY,
  },
  {
    name: 'demo-vehicles',
    title: 'vehicles',
    template: 'a photo of a {}.',
    classes: [
      'bus',
      'taxi',
      'ambulance',
      'fire engine',
      'police car',
      'tractor',
      'motorcycle',
      'bicycle',
      'locomotive',
      'tram',
      'sailboat',
      'ship',
      'airplane',
      'helicopter',
      'rocket',
    ],
    testPlan: { kind: 'shared' },
    difficulty: FEW_SHOT_DIFFICULTY,
  },
  {
    name: 'demo-tools',
    title: 'tools and instruments',
    template: 'a photo of a {}.',
    classes: [
      'hammer',
      'wrench',
      'pick',
      'clamp',
      'nut and bolt',
      'gear',
      'scissors',
      'key',
      'pencil',
      'paintbrush',
      'paperclip',
      'flashlight',
      'microscope',
      'telescope',
      'syringe',
    ],
    testPlan: { kind: 'shared' },
    difficulty: FEW_SHOT_DIFFICULTY,
  },
  {
    name: 'demo-birds-and-sea',
    title: 'birds and animals of the sea',
    template: 'a photo of a {}.',
    classes: [
      'penguin',
      'owl',
      'duck',
      'eagle',
      'rooster',
      'turkey',
      'dolphin',
      'whale',
      'shark',
      'fish',
      'tropical fish',
      'octopus',
      'crab',
      'turtle',
      'snail',
    ],
    testPlan: { kind: 'shared' },
    difficulty: FEW_SHOT_DIFFICULTY,
  },
];
