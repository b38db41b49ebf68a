/**
 * Draws the pictures the small CLIP is trained with: every concept in the four pre-training styles,
 * 16 pictures a drawing. The result is a cache (about 800 MB), never committed.
 *
 *   node tools/demo-pack/build-pretraining.ts [--out DIR] [--variations 16]
 *
 * Writes `images.u8` ([count, 64, 64, 3] uint8) and then `index.json`: `items.concept[i]` is the
 * place in `concepts` of image i, `items.style[i]` the place in `styles`.
 */

import { once } from 'node:events';
import { createWriteStream, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { FRAME } from './background.ts';
import { type Drawing, loadConcepts } from './concepts.ts';
import { PRETRAINING_DIFFICULTY } from './difficulty.ts';
import { drawPicture } from './draw.ts';
import { rasterise } from './sprite.ts';
import { PRETRAINING_STYLES } from './styles.ts';

interface Item {
  readonly concept: number;
  readonly style: number;
  readonly drawing: Drawing;
}

/** Every drawing of every concept in the pre-training styles. */
function listItems(concepts: ReturnType<typeof loadConcepts>): Item[] {
  return concepts.flatMap(({ drawings }, concept) =>
    drawings
      .filter(({ style }) => PRETRAINING_STYLES.includes(style))
      .map((drawing) => ({
        concept,
        style: PRETRAINING_STYLES.indexOf(drawing.style),
        drawing,
      })),
  );
}

async function writeImages(
  items: readonly Item[],
  variations: number,
  path: string,
): Promise<void> {
  const stream = createWriteStream(`${path}.part`);
  for (const { drawing } of items) {
    const sprite = await rasterise(drawing);
    const pictures = Array.from({ length: variations }, (_, i) =>
      drawPicture(sprite, `pretraining/${drawing.id}/${i}`, PRETRAINING_DIFFICULTY),
    );
    if (!stream.write(Buffer.concat(pictures))) await once(stream, 'drain');
  }
  stream.end();
  await once(stream, 'close');
  renameSync(`${path}.part`, path);
}

const { values } = parseArgs({
  options: {
    out: {
      type: 'string',
      default: join(homedir(), '.cache/fapt-studio/demo-pack/pretraining'),
    },
    variations: { type: 'string', default: '16' },
  },
});
const variations = Number(values.variations);
const started = performance.now();
const concepts = loadConcepts();
const items = listItems(concepts);
mkdirSync(values.out, { recursive: true });
await writeImages(items, variations, join(values.out, 'images.u8'));
const repeated = (pick: (item: Item) => number): number[] =>
  items.flatMap((item) => Array.from({ length: variations }, () => pick(item)));
const index = {
  count: items.length * variations,
  height: FRAME,
  width: FRAME,
  variations,
  difficulty: PRETRAINING_DIFFICULTY,
  styles: PRETRAINING_STYLES.map(({ id }) => id),
  concepts: concepts.map(({ name }) => name),
  items: {
    concept: repeated(({ concept }) => concept),
    style: repeated(({ style }) => style),
  },
};
const indexPath = join(values.out, 'index.json');
writeFileSync(`${indexPath}.part`, JSON.stringify(index));
renameSync(`${indexPath}.part`, indexPath);
const seconds = ((performance.now() - started) / 1000).toFixed(0);
console.log(
  `${index.count} pictures of ${concepts.length} concepts in ${seconds} s, in ${values.out}`,
);
