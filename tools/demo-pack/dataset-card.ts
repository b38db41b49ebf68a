import { licenceOf } from './concepts.ts';
import type { FewShotSet } from './few-shot-sets.ts';
import { type PlannedImage, SPLIT_NAMES, type SplitName } from './split-plan.ts';
import { FEW_SHOT_STYLES, PRETRAINING_STYLES } from './styles.ts';

const countDrawings = (images: readonly PlannedImage[], split: SplitName): number =>
  new Set(images.filter((image) => image.split === split).map(({ drawing }) => drawing.id)).size;

const styleList = (styles: readonly { readonly id: string }[]): string =>
  styles.map(({ id }) => id).join(', ');

/** Whether a drawing of the set is in train (or val) as well as in test. */
const sharesDrawings = (set: FewShotSet): boolean => set.testPlan.kind === 'shared';

function choiceOf(set: FewShotSet): string {
  const plan = set.testPlan;
  if (plan.kind === 'shared') {
    return 'Every drawing is in train and in test, in different pictures. Accuracy here says how well a method knows these drawings again, not new ones.';
  }
  if (plan.kind === 'rotated') {
    return 'No drawing is in both train and test: of each class one style is for test and two are for train and val, and which one it is changes from class to class.';
  }
  const train = FEW_SHOT_STYLES.filter(({ id }) => id !== plan.style);
  return `No drawing is in both train and test: train and val are drawn in ${styleList(train).replace(', ', ' and ')}, test in ${plan.style}. The test style is the same for all classes, so a style tells nothing about a class; were it another one from class to class, a method could learn which style a class lacks.`;
}

/** The contents of `dataset.json`. */
export function datasetFileOf(set: FewShotSet, images: readonly PlannedImage[]): object {
  return {
    name: set.name,
    title: `Demo: ${set.title}`,
    demo: true,
    template: set.template,
    description: `${set.classes.length} classes of ${set.title}, emoji drawn on varied backgrounds, 64 x 64 pixels. ${choiceOf(set)}`,
    licence: [...new Set(FEW_SHOT_STYLES.map(licenceOf))].sort().join(' AND '),
    notice: '../../NOTICE.md',
    split: 'split.json',
    images: 'images',
    imageSize: 64,
    clusters: {
      file: 'clusters.json',
      rule: 'The cluster is the drawing, "style/code point": in a path "<class>/<style>_<code point>_<split><number>.webp" the two parts before the split.',
      sharedBetweenTrainAndTest: sharesDrawings(set),
      counts: Object.fromEntries(SPLIT_NAMES.map((split) => [split, countDrawings(images, split)])),
    },
    testPlan: set.testPlan,
    styles: {
      fewShot: FEW_SHOT_STYLES.map(({ id }) => id),
      pretraining: PRETRAINING_STYLES.map(({ id }) => id),
    },
    difficulty: set.difficulty,
  };
}

/** The dataset's card, for people. */
export function cardOf(set: FewShotSet, images: readonly PlannedImage[]): string {
  const count = (split: SplitName): number =>
    images.filter((image) => image.split === split).length;
  const names = [...new Set(images.map(({ className }) => className))].join(', ');
  const rows = SPLIT_NAMES.map(
    (s) =>
      `| ${s} | ${count(s)} | ${count(s) / set.classes.length} | ${countDrawings(images, s)} |`,
  );
  return `# ${set.name}

A demo dataset: numbers measured on it are demo numbers, not those of any paper.

${set.classes.length} classes of ${set.title}: ${names}. The pictures are emoji on varied backgrounds, at
random size, place, rotation and colour, 64 x 64, in lossless WebP.

| split | images | a class | drawings |
|---|---|---|---|
${rows.join('\n')}

## Drawings

${choiceOf(set)}

None of these styles (${styleList(FEW_SHOT_STYLES)}) was in the pictures the demo CLIP was trained
with (${styleList(PRETRAINING_STYLES)}). Two have
relatives there all the same: noto-v1 is an older and mostly different generation of noto, and
fluent-emoji-3d shows the shapes of fluent-emoji and fluent-emoji-flat as solid bodies. emojione has
none.

Images of one drawing are not independent: the images come in clusters. \`clusters.json\` names the
drawing of each image (style and code point), and an interval or a test over images should resample
drawings, not images: there are ${countDrawings(images, 'test')} drawings in test, however many images they make.

## Layout

CoOp's: \`images/<class>/<file>\`, and \`split.json\` with \`[path, label, class name]\` for train, val
and test. Test images come in rounds that hold every class once, so the first images of the list are
balanced. Authors and licences are in \`../../NOTICE.md\`; \`tools/demo-pack/build-datasets.ts\` draws
the set again, byte for byte.
`;
}
