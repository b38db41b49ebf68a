import * as tf from '@tensorflow/tfjs-core';
import type { AttributeJob, Attribution } from '../../shared/engine-contract.ts';
import { FaptError } from '../../shared/errors.ts';
import { fromPatches, type ImageEncoding } from '../clip/image-tower.ts';
import { logitsOf } from '../clip/similarity.ts';
import { heldClassifier } from '../evaluation/held-classifier.ts';
import type { OpenClassifier } from '../evaluation/open-classifier.ts';
import { requireFinite } from '../evaluation/require-finite.ts';
import { imageEncoding } from '../training/prompted-clip.ts';
import { givenText } from '../training/text-sources.ts';
import { type TunedClip, textsFor } from '../training/tuned-clip.ts';
import { adversarialPatches } from './adversarial-patches.ts';
import { mapPair, type Pair, readMaps } from './map-drift.ts';

/** One image as patches [1, M, 3 P P], clean and attacked. */
type ImagePair = { clean: tf.Tensor3D; adversarial: tf.Tensor3D };

/**
 * Bidirectional maps (eq. 8) of one image and one class's text, clean and attacked, with the numbers
 * that say how far they moved. Always the paper's maps, whatever the run was trained with, so that
 * runs can be compared.
 *
 * @throws FaptError where the class or the kept perturbation does not exist
 */
export async function attribute(job: AttributeJob): Promise<Attribution> {
  const classifier = await heldClassifier(job.tuned);
  let images: ImagePair | null = null;
  try {
    const target = targetOf(job, classifier.model);
    images = await imagesOf(job, classifier);
    return describe(job, classifier, images, target);
  } finally {
    if (images) tf.dispose([images.clean, images.adversarial]);
    classifier.close();
  }
}

/** The target's text as the model reads it: a class of its own, or one made of words. */
type ExplainedText = {
  model: TunedClip;
  /** Row of the model's texts. */
  row: number;
  /** Null for words that are no class. */
  target: number | null;
};

function targetOf(
  { target, example, tuned }: AttributeJob,
  model: OpenClassifier['model'],
): ExplainedText {
  if (target !== null && typeof target === 'object') {
    const texts = textsFor(model, tuned.config, { ...tuned.task, classNames: [target.text] });
    return { model: { ...model, ...texts }, row: 0, target: null };
  }
  const classes = model.layout.ends.length;
  const wanted = target ?? example.label;
  if (wanted < classes) return { model, row: wanted, target: wanted };
  throw new FaptError(
    'class-unknown',
    `There is no class ${wanted}: the dataset has the classes 0 to ${classes - 1}.`,
  );
}

/** The image and what its kept perturbation, or the attack made again, makes of it. */
async function imagesOf(job: AttributeJob, classifier: OpenClassifier): Promise<ImagePair> {
  const { example, perturbation } = job;
  const { loader } = classifier;
  const clean = await loader.patches([example]);
  try {
    const steps = adversarialPatches(job, [{ example, perturbation }], classifier, clean, loader);
    for (;;) {
      const next = await steps.next();
      if (next.done) return { clean, adversarial: next.value };
    }
  } catch (error) {
    clean.dispose();
    throw error;
  }
}

function describe(
  { example }: AttributeJob,
  classifier: OpenClassifier,
  images: ImagePair,
  explained: ExplainedText,
): Attribution {
  const { model, row, target } = explained;
  const { imageSize, patchSize } = model.clip.shape;
  const grid = imageSize / patchSize;
  return {
    id: example.id,
    target,
    targetText: model.texts.texts[row] as string,
    grid: [grid, grid],
    ...tokensOf(model, row),
    ...measure(classifier, images, explained),
  };
}

/** The pieces between start and end of a text; learned ones by their number. */
function tokensOf(
  { texts, layout, contextLength, model }: TunedClip,
  row: number,
): Pick<Attribution, 'tokens' | 'learned'> {
  const places = texts.places?.[row] ?? Array.from({ length: contextLength }, (_, i) => 1 + i);
  const ids = (texts.rows[row] as number[]).slice(1, layout.ends[row]);
  const words = ids.map((_, i) => places.indexOf(1 + i));
  const tokens = model.tokenizer
    .pieces(ids)
    .map((piece, i) => (words[i] === -1 ? piece : `[${(words[i] as number) + 1}]`));
  return { tokens, learned: words.map((word) => word !== -1) };
}

/** Maps, logits, drift and pixels of the clean and the attacked image. */
function measure(
  { model: tuned, textFeatures }: OpenClassifier,
  images: ImagePair,
  { model: read, row }: ExplainedText,
): Pick<Attribution, 'image' | 'text' | 'logits' | 'drift' | 'pixels'> {
  const { imageSize, patchSize } = tuned.clip.shape;
  const tensors = tf.tidy(() => {
    const texts = givenText(read, [row], textFeatures).texts();
    const sides = [images.clean, images.adversarial].map((patches) => ({
      encoding: imageEncoding(tuned, patches),
      pixels: fromPatches(patches, patchSize),
    })) as [Side, Side];
    const logits = sides.map(({ encoding }) =>
      logitsOf(encoding.features, textFeatures, tuned.clip.logitScale),
    );
    const maps = mapPair(tuned.clip, texts, sides[0].encoding, sides[1].encoding);
    return { maps, logits, pixels: sides.map(({ pixels }) => pixels) };
  });
  const valuesOf = (pair: tf.Tensor[]) => {
    const [clean, adversarial] = pair.map((t) => Float32Array.from(t.dataSync()));
    tf.dispose(pair);
    return { clean, adversarial } as Pair<Float32Array<ArrayBuffer>>;
  };
  const pixels = { size: imageSize, ...valuesOf(tensors.pixels) };
  const logits = valuesOf(tensors.logits);
  const { image, text, numbers } = readMaps(tensors.maps, [(read.layout.ends[row] as number) - 1]);
  for (const side of [logits.clean, logits.adversarial]) requireFinite(side);
  return {
    image: first(image),
    text: first(text),
    logits: { clean: [...logits.clean], adversarial: [...logits.adversarial] },
    drift: numbers[0] as Attribution['drift'],
    pixels,
  };
}

type Side = { encoding: ImageEncoding; pixels: tf.Tensor4D };

function first({ clean, adversarial }: Pair<number[][]>): Pair<number[]> {
  return { clean: clean[0] as number[], adversarial: adversarial[0] as number[] };
}
