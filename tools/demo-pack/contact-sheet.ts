/**
 * Puts pictures on one sheet, to look at.
 *
 *   node tools/demo-pack/contact-sheet.ts --out sheet.png --dataset resources/demo/datasets/demo-food [--each 12]
 *   node tools/demo-pack/contact-sheet.ts --out sheet.png --pretraining DIR [--first 0] [--count 60] [--each 16]
 *
 * One row a class (or a concept), its name on the left.
 */
import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import sharp from 'sharp';
import { FRAME, PICTURE_VALUES } from './background.ts';

interface Row {
  readonly name: string;
  readonly pictures: readonly Buffer[];
}

const LABEL_WIDTH = 150;
const CELL = FRAME + 2;

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

async function writeSheet(rows: readonly Row[], path: string): Promise<void> {
  const width = LABEL_WIDTH + CELL * Math.max(...rows.map(({ pictures }) => pictures.length));
  const height = CELL * rows.length;
  const labels = rows.map(
    ({ name }, i) =>
      `<text x="4" y="${i * CELL + 38}" font-size="14" font-family="sans-serif">${escaped(name)}</text>`,
  );
  const overlays = rows.flatMap(({ pictures }, row) =>
    pictures.map((input, i) => ({
      input,
      raw: { width: FRAME, height: FRAME, channels: 3 as const },
      left: LABEL_WIDTH + i * CELL,
      top: row * CELL,
    })),
  );
  const text = Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${labels.join('')}</svg>`,
  );
  await sharp({ create: { width, height, channels: 3, background: 'white' } })
    .composite([{ input: text, left: 0, top: 0 }, ...overlays])
    .png()
    .toFile(path);
}

async function rowsOfDataset(folder: string, each: number): Promise<Row[]> {
  type Entry = [path: string, label: number, name: string];
  const split = JSON.parse(readFileSync(join(folder, 'split.json'), 'utf8')) as Record<
    'train' | 'val' | 'test',
    Entry[]
  >;
  const names = [...new Map(split.train.map(([, label, name]) => [label, name]))].sort(
    (a, b) => a[0] - b[0],
  );
  const load = (path: string): Promise<Buffer> =>
    sharp(join(folder, 'images', path))
      .raw()
      .toBuffer();
  return Promise.all(
    names.map(async ([label, name]) => {
      const pick = (entries: readonly Entry[]): string[] =>
        entries
          .filter((entry) => entry[1] === label)
          .slice(0, each / 2)
          .map(([path]) => path);
      return {
        name,
        pictures: await Promise.all([...pick(split.train), ...pick(split.test)].map(load)),
      };
    }),
  );
}

function rowsOfPretraining(folder: string, first: number, count: number, each: number): Row[] {
  const index = JSON.parse(readFileSync(join(folder, 'index.json'), 'utf8')) as {
    concepts: string[];
    items: { concept: number[] };
  };
  const file = openSync(join(folder, 'images.u8'), 'r');
  const rows = index.concepts.slice(first, first + count).map((name, i) => {
    const places = index.items.concept.flatMap((concept, place) =>
      concept === first + i ? [place] : [],
    );
    const shown = Array.from(
      { length: each },
      (_, k) => places[Math.floor((k * places.length) / each)] as number,
    );
    const pictures = shown.map((place) => {
      const picture = Buffer.alloc(PICTURE_VALUES);
      readSync(file, picture, 0, PICTURE_VALUES, place * PICTURE_VALUES);
      return picture;
    });
    return { name, pictures };
  });
  closeSync(file);
  return rows;
}

const { values } = parseArgs({
  options: {
    out: { type: 'string', default: 'contact-sheet.png' },
    dataset: { type: 'string' },
    pretraining: { type: 'string' },
    first: { type: 'string', default: '0' },
    count: { type: 'string', default: '20' },
    each: { type: 'string', default: '16' },
  },
});
const each = Number(values.each);
if (values.dataset) await writeSheet(await rowsOfDataset(values.dataset, each), values.out);
else if (values.pretraining)
  await writeSheet(
    rowsOfPretraining(values.pretraining, Number(values.first), Number(values.count), each),
    values.out,
  );
else throw new Error('Say what to show: --dataset FOLDER or --pretraining FOLDER.');
