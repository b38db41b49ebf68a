/**
 * Draws the few-shot datasets in CoOp layout (`images/<class>/<file>`, `split.json`).
 *
 *   node tools/demo-pack/build-datasets.ts [--out resources/demo/datasets] [--only demo-food]
 *
 * Running it twice gives the same bytes. Sets, classes and test plans are in few-shot-sets.ts, how
 * hard the pictures are in difficulty.ts.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import sharp from 'sharp';
import { FRAME } from './background.ts';
import { type Concept, loadConcepts } from './concepts.ts';
import { cardOf, datasetFileOf } from './dataset-card.ts';
import { drawPicture } from './draw.ts';
import { FEW_SHOT_SETS, type FewShotSet } from './few-shot-sets.ts';
import { type PlannedImage, planSet, SPLIT_NAMES } from './split-plan.ts';
import { rasterise, type Sprite } from './sprite.ts';

/** Lossless WebP of a picture. @throws where decoding does not give back the very same bytes. */
async function encode(picture: Uint8Array, path: string): Promise<Buffer> {
  const file = await sharp(picture, {
    raw: { width: FRAME, height: FRAME, channels: 3 },
  })
    .webp({ lossless: true, effort: 6 })
    .toBuffer();
  const decoded = await sharp(file).raw().toBuffer();
  if (!decoded.equals(picture)) throw new Error(`${path} does not decode to what was drawn.`);
  return file;
}

/** Draws and writes the images. @returns their size in bytes */
async function writeImages(
  set: FewShotSet,
  images: readonly PlannedImage[],
  folder: string,
): Promise<number> {
  const sprites = new Map<string, Sprite>();
  let sizeBytes = 0;
  for (const { drawing, path } of images) {
    const sprite = sprites.get(drawing.id) ?? (await rasterise(drawing));
    sprites.set(drawing.id, sprite);
    const file = await encode(drawPicture(sprite, `${set.name}/${path}`, set.difficulty), path);
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), file);
    sizeBytes += file.length;
  }
  return sizeBytes;
}

/** One entry a line: readable, and a change shows as a line. */
function splitFileOf(images: readonly PlannedImage[]): string {
  const sections = SPLIT_NAMES.map((split) => {
    const lines = images
      .filter((image) => image.split === split)
      .map(({ path, label, className }) => `  ${JSON.stringify([path, label, className])}`);
    return ` "${split}": [\n${lines.join(',\n')}\n ]`;
  });
  return `{\n${sections.join(',\n')}\n}\n`;
}

async function buildSet(
  set: FewShotSet,
  concepts: ReadonlyMap<string, Concept>,
  out: string,
): Promise<void> {
  const folder = join(out, set.name);
  const images = planSet(set, concepts);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const sizeBytes = await writeImages(set, images, join(folder, 'images'));
  const clusters = Object.fromEntries(images.map(({ path, drawing }) => [path, drawing.id]));
  writeFileSync(join(folder, 'split.json'), splitFileOf(images));
  writeFileSync(join(folder, 'clusters.json'), `${JSON.stringify(clusters, null, 1)}\n`);
  writeFileSync(
    join(folder, 'dataset.json'),
    `${JSON.stringify(datasetFileOf(set, images), null, 2)}\n`,
  );
  writeFileSync(join(folder, 'README.md'), cardOf(set, images));
  console.log(
    `${set.name}: ${set.classes.length} classes, ${images.length} images, ${(sizeBytes / 1e6).toFixed(2)} MB`,
  );
}

const { values } = parseArgs({
  options: {
    out: { type: 'string', default: 'resources/demo/datasets' },
    only: { type: 'string' },
  },
});
const concepts = new Map(loadConcepts().map((concept) => [concept.name, concept]));
for (const set of FEW_SHOT_SETS) {
  if (values.only === undefined || values.only === set.name)
    await buildSet(set, concepts, values.out);
}
