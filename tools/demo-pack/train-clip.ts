/**
 * Trains the demo's small CLIP with this project's engine, contrastively (Radford et al. 2021), on
 * the pre-training pack. Checkpoints every 100 steps and resumes from the last one.
 *
 *   node tools/demo-pack/train-clip.ts --pack DIR --out DIR [--steps N] [--batch N]
 */
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import * as tf from '@tensorflow/tfjs-core';
import { startBackend } from '../../src/engine/backend/start-backend.ts';
import { loadTokenizer } from '../../src/engine/clip/tokenizer.ts';
import { permutation, stream } from '../../src/engine/random.ts';
import { contrastiveLoss } from './contrastive-loss.ts';
import { exportClip } from './export-clip.ts';
import { openPack, type Pack } from './pretraining-pack.ts';
import { GENERAL_TEMPLATES } from './templates.ts';
import { TrainableClip } from './trainable-clip.ts';

const { values } = parseArgs({
  options: {
    pack: { type: 'string', default: join(homedir(), '.cache/fapt-studio/demo-pack/pretraining') },
    out: { type: 'string', default: 'resources/demo/model' },
    steps: { type: 'string', default: '2800' },
    batch: { type: 'string', default: '256' },
  },
});
const steps = Number(values.steps);
const batch = Number(values.batch);
const SEED = 1;
const PEAK_RATE = 1e-3;
const WARM_UP = 100;
const WEIGHT_DECAY = 0.05;
/** Patches seen in most steps (fast language-image pre-training, Li et al. 2023); the end sees all. */
const KEPT_PATCHES = 0.5;
const FULL_FROM = 0.97;
/** Captions in the form that published prompt learners tune, "a photo of a {}. dog.": braces become known. */
const PUBLISHED_SHARE = 0.25;

const checkpoint = join(values.pack, 'training-checkpoint.safetensors');
const log = (text: string) => process.stderr.write(`${new Date().toISOString()} ${text}\n`);

await startBackend({ log });
const pack = await openPack(values.pack);
const tokenizer = await loadTokenizer(values.out, 2014);
const clip = new TrainableClip(SEED, tokenizer.endId + 1);
let step = await clip.restore(checkpoint);
if (step > 0) log(`resumed at step ${step}`);

function learningRate(at: number): number {
  if (at < WARM_UP) return (PEAK_RATE * (at + 1)) / WARM_UP;
  return (PEAK_RATE * (1 + Math.cos((Math.PI * (at - WARM_UP)) / (steps - WARM_UP)))) / 2;
}

/** One drawing each of `batch` different concepts, each with a caption of its own. */
function drawBatch(at: number, source: Pack) {
  const random = stream(SEED, 'batch', at);
  const concepts = permutation(random, source.concepts.length).slice(0, batch);
  const items = concepts.map((c) => {
    const own = source.itemsOf[c] as number[];
    return own[random.randbelow(own.length)] as number;
  });
  const captions = concepts.map((c) => {
    const template = GENERAL_TEMPLATES[random.randbelow(GENERAL_TEMPLATES.length)] as string;
    const name = source.concepts[c] as string;
    const published = random.random() < PUBLISHED_SHARE;
    return tokenizer.encode(published ? `${template} ${name}.` : template.replace('{}', name));
  });
  return { pixels: source.augmented(items, random), captions, random };
}

let meanLoss = 0;
let began = performance.now();
for (; step < steps; step += 1) {
  const { pixels, captions, random } = drawBatch(step, pack);
  const kept = step < FULL_FROM * steps ? KEPT_PATCHES : 1;
  const loss = clip.step(
    (weights) => contrastiveLoss(weights, pixels, captions, tokenizer.endId, kept, random),
    learningRate(step),
    WEIGHT_DECAY,
  );
  pixels.dispose();
  meanLoss = meanLoss === 0 ? loss : 0.95 * meanLoss + 0.05 * loss;
  if (step % 10 === 9) {
    const seconds = (performance.now() - began) / 10_000;
    began = performance.now();
    log(
      `step ${step + 1}/${steps} loss ${meanLoss.toFixed(3)} scale ${clip.scale().toFixed(1)} ` +
        `${seconds.toFixed(2)} s/step, ${tf.memory().numTensors} tensors, ${Math.round(process.memoryUsage().rss / 1e6)} MB`,
    );
  }
  if (step % 100 === 99) await clip.save(checkpoint, step + 1);
  await new Promise(setImmediate);
}
await mkdir(values.out, { recursive: true });
await exportClip(clip, values.out);
const card = join(values.out, 'training.json');
await writeFile(
  `${card}.part`,
  JSON.stringify(
    {
      steps,
      batch,
      seed: SEED,
      finalLoss: meanLoss,
      concepts: pack.concepts.length,
      images: pack.count,
    },
    null,
    1,
  ),
);
await rename(`${card}.part`, card);
log(`written to ${values.out}: ${await readFile(card, 'utf8')}`);
