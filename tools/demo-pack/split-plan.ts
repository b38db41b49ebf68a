import type { Concept, Drawing } from './concepts.ts';
import type { FewShotSet, TestPlan } from './few-shot-sets.ts';
import { shuffled } from './random.ts';
import { FEW_SHOT_STYLES } from './styles.ts';

export const IMAGES_PER_CLASS = { train: 16, val: 4, test: 20 } as const;
export type SplitName = keyof typeof IMAGES_PER_CLASS;
export const SPLIT_NAMES: readonly SplitName[] = ['train', 'val', 'test'];

/** One image to draw. */
export interface PlannedImage {
  readonly split: SplitName;
  readonly label: number;
  readonly className: string;
  readonly drawing: Drawing;
  /** Relative to the dataset's `images` folder; style and code point stand in its name. */
  readonly path: string;
}

/** A class's drawings in the few-shot styles. @throws where a style lacks one of its emoji. */
function drawingsOf(emoji: readonly string[], concepts: ReadonlyMap<string, Concept>): Drawing[] {
  return emoji.flatMap((name) =>
    FEW_SHOT_STYLES.map((style) => {
      const drawing = concepts.get(name)?.drawings.find((one) => one.style === style);
      if (!drawing)
        throw new Error(`The style ${style.id} has no drawing of "${name}"; use another class.`);
      return drawing;
    }),
  );
}

function isTestDrawing(drawing: Drawing, label: number, plan: TestPlan): boolean {
  if (plan.kind === 'style') return drawing.style.id === plan.style;
  return drawing.style === FEW_SHOT_STYLES[label % FEW_SHOT_STYLES.length];
}

/** The drawings each split uses: val shares the drawings of train, as in a few-shot benchmark. */
function drawingsBySplit(
  drawings: readonly Drawing[],
  label: number,
  plan: TestPlan,
): Record<SplitName, Drawing[]> {
  if (plan.kind === 'shared') {
    return { train: [...drawings], val: [...drawings], test: [...drawings] };
  }
  const test = drawings.filter((drawing) => isTestDrawing(drawing, label, plan));
  const train = drawings.filter((drawing) => !isTestDrawing(drawing, label, plan));
  return { train, val: train, test };
}

const fileName = (drawing: Drawing, split: SplitName, nth: number): string =>
  `${drawing.id.replace('/', '_')}_${split}${`${nth + 1}`.padStart(2, '0')}.webp`;

/** All images of one class; within a split the drawings take turns. */
function planClass(
  set: FewShotSet,
  label: number,
  concepts: ReadonlyMap<string, Concept>,
): PlannedImage[] {
  const spec = set.classes[label] as FewShotSet['classes'][number];
  const { name, emoji } = typeof spec === 'string' ? { name: spec, emoji: [spec] } : spec;
  const bySplit = drawingsBySplit(drawingsOf(emoji, concepts), label, set.testPlan);
  return SPLIT_NAMES.flatMap((split) =>
    Array.from({ length: IMAGES_PER_CLASS[split] }, (_, nth) => {
      const drawing = bySplit[split][nth % bySplit[split].length] as Drawing;
      const path = `${name.replaceAll(' ', '-')}/${fileName(drawing, split, nth)}`;
      return { split, label, className: name, drawing, path };
    }),
  );
}

/** Rounds that hold each class once, each round in an order of its own: any start is balanced. */
function interleaved(images: readonly PlannedImage[], key: string): PlannedImage[] {
  const rounds = new Map<number, PlannedImage[]>();
  const seen = new Map<number, number>();
  for (const image of images) {
    const round = seen.get(image.label) ?? 0;
    seen.set(image.label, round + 1);
    rounds.set(round, [...(rounds.get(round) ?? []), image]);
  }
  return [...rounds].flatMap(([round, members]) => shuffled(members, `${key}/${round}`));
}

/** What to draw for a set, each split in its final order. */
export function planSet(set: FewShotSet, concepts: ReadonlyMap<string, Concept>): PlannedImage[] {
  const images = set.classes.flatMap((_, label) => planClass(set, label, concepts));
  return SPLIT_NAMES.flatMap((split) => {
    const members = images.filter((image) => image.split === split);
    return split === 'test' ? interleaved(members, `${set.name}/test`) : members;
  });
}
