import * as tf from '@tensorflow/tfjs-core';
import type { AttributeJob, Attribution } from '../../shared/engine-contract.ts';
import { FaptError } from '../../shared/errors.ts';
import { fromPatches } from '../clip/image-tower.ts';
import { logitsOf } from '../clip/similarity.ts';
import { type OpenClassifier, openClassifier } from '../evaluation/open-classifier.ts';
import { requireFinite } from '../evaluation/require-finite.ts';
import { imageEncoding } from '../training/prompted-clip.ts';
import { givenText } from '../training/text-sources.ts';
import { adversarialPatches } from './adversarial-patches.ts';
import { imageMap, PAPER_MAPS, textMap } from './maps.ts';
import { mapDistance, tokenKl } from './stability.ts';

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
  const classifier = await openClassifier(job.tuned);
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

function targetOf({ target, example }: AttributeJob, { layout }: OpenClassifier['model']): number {
  const classes = layout.ends.length;
  const wanted = target ?? example.label;
  if (wanted < classes) return wanted;
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
  target: number,
): Attribution {
  const tuned = classifier.model;
  const { imageSize, patchSize } = tuned.clip.shape;
  const grid = imageSize / patchSize;
  const row = tuned.texts.rows[target] as number[];
  const end = tuned.layout.ends[target] as number;
  const pieces = tuned.model.tokenizer.pieces(row.slice(1, end));
  const tokens = pieces.map((piece, i) => (i < tuned.contextLength ? `[${i + 1}]` : piece));
  return {
    id: example.id,
    target,
    targetText: tuned.texts.texts[target] as string,
    grid: [grid, grid],
    tokens,
    ...measure(classifier, images, target),
  };
}

/** Maps, logits, drift and pixels of the clean and the attacked image. */
function measure(
  { model: tuned, textFeatures }: OpenClassifier,
  images: ImagePair,
  target: number,
): Pick<Attribution, 'image' | 'text' | 'logits' | 'drift' | 'pixels'> {
  const { imageSize, patchSize } = tuned.clip.shape;
  const length = (tuned.layout.ends[target] as number) - 1;
  const tensors = tf.tidy(() => {
    const { texts, features } = givenText(tuned, [target], textFeatures);
    const view = (p: tf.Tensor3D) => {
      const encoding = imageEncoding(tuned, p);
      return {
        image: imageMap(tuned.clip, encoding, texts(), PAPER_MAPS),
        text: textMap(tuned.clip, encoding, texts(), PAPER_MAPS),
        logits: logitsOf(encoding.features, features, tuned.clip.logitScale),
        pixels: fromPatches(p, patchSize),
      };
    };
    const [clean, adversarial] = [view(images.clean), view(images.adversarial)];
    const imageL2 = mapDistance(clean.image, adversarial.image);
    const textKl = tokenKl(clean.text, adversarial.text, texts().mask, 'softmax');
    return { clean, adversarial, imageL2, textKl };
  });
  const list = (t: tf.Tensor, count = t.size) => Array.from(t.dataSync().slice(0, count));
  const pair = (key: 'image' | 'text' | 'logits', count?: number) => ({
    clean: list(tensors.clean[key], count),
    adversarial: list(tensors.adversarial[key], count),
  });
  const result = {
    image: pair('image'),
    text: pair('text', length),
    logits: pair('logits'),
    drift: {
      imageL2: tensors.imageL2.dataSync()[0] as number,
      textKl: tensors.textKl.dataSync()[0] as number,
    },
    pixels: {
      size: imageSize,
      clean: Float32Array.from(tensors.clean.pixels.dataSync()),
      adversarial: Float32Array.from(tensors.adversarial.pixels.dataSync()),
    },
  };
  tf.dispose(tensors as unknown as tf.TensorContainer);
  for (const { clean, adversarial } of [result.logits, result.image, result.text]) {
    requireFinite([...clean, ...adversarial]);
  }
  return result;
}
