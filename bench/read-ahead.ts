/**
 * What reading ahead saves: the same training on JPEGs, its next batches decoded by threads while the
 * engine computes, and each batch decoded only when its step begins. Random crops, so that every epoch
 * decodes again. Rounds alternate the two; medians of a step, and of its wait for images, are printed.
 *
 *   node bench/read-ahead.ts [--width 500] [--height 375] [--method vpt] [--batch 16] [--rounds 3]
 *                            [--steps 6] [--model random:ViT-B/32]
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import sharp from 'sharp';
import { startBackend } from '../src/engine/backend/start-backend.ts';
import { ImageLoader } from '../src/engine/images/image-loader.ts';
import { stream, uniform } from '../src/engine/random.ts';
import { train } from '../src/engine/training/train.ts';
import type { Example } from '../src/shared/engine-contract.ts';
import { defaultConfig } from '../src/shared/method-catalogue.ts';
import type { MethodName } from '../src/shared/run-config.ts';

const { values } = parseArgs({
  options: {
    width: { type: 'string', default: '500' },
    height: { type: 'string', default: '375' },
    method: { type: 'string', default: 'vpt' },
    batch: { type: 'string', default: '16' },
    rounds: { type: 'string', default: '3' },
    steps: { type: 'string', default: '6' },
    model: { type: 'string', default: 'random:ViT-B/32' },
  },
});
const [width, height, batch, rounds, steps] = (
  ['width', 'height', 'batch', 'rounds', 'steps'] as const
).map((name) => Number(values[name])) as [number, number, number, number, number];

/** Noise blown up eight times: it compresses about as a photograph does. */
async function writePictures(folder: string): Promise<Example[]> {
  const [w, h] = [Math.ceil(width / 8), Math.ceil(height / 8)];
  const examples: Example[] = [];
  for (let index = 0; index < batch * 3; index += 1) {
    const path = join(folder, `${index}.jpg`);
    const raw = { width: w, height: h, channels: 3 } as const;
    const noise = uniform(stream('read-ahead', index), 3 * w * h, 0, 256);
    await sharp(Uint8Array.from(noise), { raw })
      .resize(width, height, { fit: 'fill' })
      .jpeg({ quality: 90 })
      .toFile(path);
    examples.push({ id: `${index}`, path, label: index % 3 });
  }
  return examples;
}

type Step = { seconds: number; waited: number };

let waited = 0;
const { readAhead, patches } = ImageLoader.prototype;
ImageLoader.prototype.patches = async function (wanted) {
  const began = performance.now();
  const loaded = await patches.call(this, wanted);
  waited = (performance.now() - began) / 1000;
  return loaded;
};

/** Each step but the first, which also warms up. */
async function timedSteps(folder: string, examples: Example[]): Promise<Step[]> {
  const config = {
    ...defaultConfig({
      method: values.method as MethodName,
      dataset: '-',
      model: '-',
      shots: 16,
      seed: 1,
    }),
    batchSize: batch,
    epochs: Math.ceil(steps / 3),
    transform: 'random-crop' as const,
  };
  const job = {
    config,
    model: { path: values.model },
    task: { classNames: ['cat', 'dog', 'owl'], template: 'a photo of a {}.' },
    examples,
    runFolder: folder,
    resume: false,
  };
  const all: Step[] = [];
  for await (const event of train(job, new AbortController().signal)) {
    if (event.type === 'step') all.push({ seconds: event.seconds, waited });
  }
  return all.slice(1);
}

const median = (numbers: number[]) =>
  numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;

const folder = await mkdtemp(join(tmpdir(), 'fapt-read-ahead-'));
try {
  await startBackend();
  const examples = await writePictures(folder);
  const timed = { ahead: [] as Step[], onDemand: [] as Step[] };
  for (let round = 0; round < rounds; round += 1) {
    for (const way of ['ahead', 'onDemand'] as const) {
      ImageLoader.prototype.readAhead = way === 'ahead' ? readAhead : () => {};
      timed[way].push(...(await timedSteps(folder, examples)));
    }
  }
  const told = (all: Step[]) => {
    const [seconds, wait] = (['seconds', 'waited'] as const).map((key) =>
      median(all.map((step) => step[key])).toFixed(3),
    );
    return `${seconds} s a step, of which ${wait} s wait for images`;
  };
  console.log(
    `${width} x ${height}, batch ${batch}, ${values.method} on ${values.model}, ` +
      `medians of ${timed.ahead.length} steps:\n  read ahead  ${told(timed.ahead)}\n` +
      `  on demand   ${told(timed.onDemand)}`,
  );
} finally {
  await rm(folder, { recursive: true });
}
