import { randomUUID } from 'node:crypto';
import { mkdir, open, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { TensorFormat } from '../../../shared/api/export.ts';
import { describeAttack, evaluationAttackSchema } from '../../../shared/attack.ts';
import { csvOf } from '../../../shared/csv.ts';
import type { AdversarialImage } from '../../../shared/engine-images.ts';
import { FaptError } from '../../../shared/errors.ts';
import { fileStem } from '../../../shared/file-stem.ts';
import { say } from '../../../shared/sentence.ts';
import { chooseClasses, ofClasses } from '../../datasets/class-set.ts';
import { resolveExamples } from '../../datasets/examples.ts';
import { balancedSubset } from '../../datasets/subset.ts';
import { imageSizeOf } from '../../explain/subject.ts';
import { pixelsPng } from '../../export/map-image.ts';
import { tensorHead } from '../../export/tensor-head.ts';
import { writeWhole } from '../../export/write-whole.ts';
import { tunedModelOf } from '../../jobs/tuned-model.ts';
import { getDataset } from '../../store/datasets.ts';
import { listOutcomes } from '../../store/outcomes.ts';
import { getRun, type RunRow } from '../../store/runs.ts';
import { keptBlob } from '../../workspace/blobs.ts';
import type { App } from '../app.ts';
import { measuredEvaluation } from '../measure-stability.ts';
import { settingSentence } from './runs-named.ts';

const BATCH_SIZE = 25;

export type AdversarialImagesOptions = {
  folder: string;
  format: TensorFormat;
  /** Of the attacked images, balanced over classes; null: all. */
  subset: number | null;
};

const counts = z.strictObject({
  /** Images that are right when clean and wrong as exported. */
  fooled: z.int(),
  robustAccuracy: z.number(),
});

/** What was written, and what the attack still does after rounding. */
export const adversarialImagesReportSchema = z.strictObject({
  run: z.string(),
  attack: evaluationAttackSchema,
  protocol: z.string(),
  n: z.int(),
  /** Right without attack: those that can be fooled. */
  rightWhenClean: z.int(),
  float: counts,
  eightBit: counts,
  /** Of the images fooled in float32, those fooled after rounding to 8 bits too. */
  stillFooled: z.int(),
  sentence: z.string(),
  files: z.array(z.string()),
});
export type AdversarialImagesReport = z.infer<typeof adversarialImagesReportSchema>;

/**
 * A run's adversarial images as one float32 array and as PNG, with what the model makes of both.
 * @throws FaptError `not-attacked`, `stopped`, `disk-write`
 */
export async function exportAdversarialImages(
  app: App,
  runId: string,
  { folder, format, subset }: AdversarialImagesOptions,
): Promise<AdversarialImagesReport> {
  const run = getRun(app.db, runId);
  const job = await jobOf(app, run, subset);
  const size = imageSizeOf(app, run);
  const shape = [job.examples.length, 3, size, size];
  const head = tensorHead(format, 'images', shape);
  await mkdir(join(folder, 'png'), { recursive: true });
  const partial = join(folder, `.images.${randomUUID()}.partial`);
  const file = join(folder, `images.${format}`);
  try {
    await writeFile(partial, head);
    const images = await makeImages(app, { ...job, file: partial });
    const pngs = await writePngs(partial, head.length, images, size, folder);
    await rename(partial, file);
    const { classNames } = job.tuned.task;
    const numbers = numbersOf(app, run, job.attack, images);
    const table = join(folder, 'images.csv');
    await writeWhole(table, csvOfImages(images, pngs, classNames, numbers.protocol));
    const summary = join(folder, 'images.json');
    await writeWhole(summary, `${JSON.stringify({ ...numbers, shape }, null, 2)}\n`);
    return { ...numbers, files: [file, table, summary, join(folder, 'png')] };
  } finally {
    await rm(partial, { force: true });
  }
}

async function jobOf(app: App, run: RunRow, subset: number | null) {
  const evaluation = measuredEvaluation(app, run);
  if (!evaluation) {
    throw new FaptError(
      'not-attacked',
      `Run ${run.id} was never attacked, so it has no adversarial images: use "fapt eval ${run.id}" first.`,
    );
  }
  const outcomes = balancedSubset(listOutcomes(app.db, evaluation.id), subset);
  const dataset = getDataset(app.db, run.datasetId);
  const chosen = chooseClasses(app.db, dataset, evaluation.classes);
  const ids = outcomes.map(({ id }) => id);
  const examples = ofClasses(await resolveExamples(app.db, dataset, 'test', ids), chosen);
  const kept = new Map(outcomes.map(({ id, perturbation }) => [id, perturbation]));
  return {
    tuned: tunedModelOf(app, run),
    attack: evaluation.attack,
    batchSize: BATCH_SIZE,
    examples: examples.map((example) => ({
      example,
      perturbation: keptBlob(app.workspace, kept.get(example.id)),
    })),
  };
}

async function makeImages(
  app: App,
  job: Awaited<ReturnType<typeof jobOf>> & { file: string },
): Promise<AdversarialImage[]> {
  const images: AdversarialImage[] = [];
  for await (const event of app.engine().adversarialImages(job, app.signal)) {
    if (event.type === 'images') images.push(...event.images);
    if (event.type !== 'end') {
      app.report({ stage: say('stage.images'), done: event.done, total: event.total });
    } else if (event.status === 'stopped') {
      throw new FaptError('stopped', 'Stopped; nothing was exported.');
    }
  }
  return images;
}

/** The same pixels in 8 bits, a file each. Answers their names. */
async function writePngs(
  file: string,
  begin: number,
  images: readonly AdversarialImage[],
  size: number,
  folder: string,
): Promise<string[]> {
  const perImage = 3 * size * size;
  const digits = String(images.length).length;
  const source = await open(file, 'r');
  try {
    const names: string[] = [];
    for (const [index, { id }] of images.entries()) {
      const values = new Float32Array(perImage);
      const at = begin + index * values.byteLength;
      await source.read(new Uint8Array(values.buffer), 0, values.byteLength, at);
      const name = `${String(index + 1).padStart(digits, '0')}-${fileStem(id.replace(/\.[^./]+$/, ''))}.png`;
      await writeWhole(join(folder, 'png', name), await pixelsPng({ size, values }));
      names.push(name);
    }
    return names;
  } finally {
    await source.close();
  }
}

function numbersOf(
  app: App,
  run: RunRow,
  attack: AdversarialImagesReport['attack'],
  images: readonly AdversarialImage[],
): Omit<AdversarialImagesReport, 'files'> {
  const right = images.filter(({ clean, label }) => clean === label);
  const fooledBy = (of: (image: AdversarialImage) => number) =>
    right.filter((image) => of(image) !== image.label);
  const float = fooledBy(({ adversarial }) => adversarial);
  const eightBit = fooledBy(({ rounded }) => rounded);
  const still = float.filter(({ rounded, label }) => rounded !== label).length;
  const share = (fooled: unknown[]) =>
    `${fooled.length} of ${right.length} (${(100 * (fooled.length / Math.max(1, right.length))).toFixed(1)} %)`;
  const accuracy = (of: (image: AdversarialImage) => number) =>
    images.filter((image) => of(image) === image.label).length / images.length;
  const protocol = `${describeAttack(attack)}, white box on run ${run.id}, ${images.length} test images. ${settingSentence(app.db, [run])}`;
  return {
    run: run.id,
    attack,
    protocol,
    n: images.length,
    rightWhenClean: right.length,
    float: { fooled: float.length, robustAccuracy: accuracy(({ adversarial }) => adversarial) },
    eightBit: { fooled: eightBit.length, robustAccuracy: accuracy(({ rounded }) => rounded) },
    stillFooled: still,
    sentence: `The attack succeeds on ${share(float)} of the images that are right when clean in float32, and on ${share(eightBit)} after rounding to 8 bits; ${still} of the ${float.length} fooled ones stay fooled.`,
  };
}

function csvOfImages(
  images: readonly AdversarialImage[],
  pngs: readonly string[],
  classNames: readonly string[],
  protocol: string,
): string {
  const name = (label: number) => classNames[label] ?? `class ${label}`;
  return csvOf(
    ['index', 'image', 'png', 'label', 'clean', 'adversarial', 'rounded to 8 bits', 'protocol'],
    images.map(({ id, label, clean, adversarial, rounded }, index) => [
      ...[index, id, pngs[index] ?? null],
      ...[label, clean, adversarial, rounded].map(name),
      protocol,
    ]),
  );
}
