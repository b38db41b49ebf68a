import * as tf from '@tensorflow/tfjs-core';
import type { AttributeJob, Attribution } from '../../shared/engine-contract.ts';
import { FaptError } from '../../shared/errors.ts';
import { fromPatches } from '../clip/image-tower.ts';
import { logitsOf } from '../clip/similarity.ts';
import { attackImages } from '../evaluation/attack-images.ts';
import { readPerturbation } from '../evaluation/keep-perturbation.ts';
import { requireFinite } from '../evaluation/require-finite.ts';
import { ImageLoader } from '../images/image-loader.ts';
import { allTextFeatures, imageEncoding } from '../training/prompted-clip.ts';
import { givenText } from '../training/text-sources.ts';
import { closeTuned, openTuned, type TunedClip } from '../training/tuned-clip.ts';
import { imageMap, PAPER_MAPS, textMap } from './maps.ts';
import { mapDistance, tokenKl } from './stability.ts';

/**
 * Bidirectional maps (eq. 8) of one image and one class's text, clean and attacked, with the numbers
 * that say how far they moved. Always the paper's maps, whatever the run was trained with, so that
 * runs can be compared.
 *
 * @throws FaptError where the class or the kept perturbation does not exist
 */
export async function attribute(job: AttributeJob): Promise<Attribution> {
  const tuned = await openTuned(job.tuned);
  const classes = tuned.layout.ends.length;
  const target = job.target ?? job.example.label;
  if (target >= classes) {
    closeTuned(tuned);
    throw new FaptError(
      'class-unknown',
      `There is no class ${target}: the dataset has the classes 0 to ${classes - 1}.`,
    );
  }
  const { imageSize, patchSize } = tuned.clip.shape;
  const loader = new ImageLoader(imageSize, patchSize, 'crop');
  let patches: tf.Tensor3D | null = null;
  try {
    patches = await loader.patches([job.example]);
    const perturbation = job.perturbation
      ? loader.toPatches(await readPerturbation(job.perturbation, imageSize), 1)
      : await makePerturbation(job, tuned, patches);
    try {
      return describe(job, tuned, patches, perturbation, target);
    } finally {
      perturbation.dispose();
    }
  } finally {
    patches?.dispose();
    closeTuned(tuned);
  }
}

/** The evaluation's attack on this one image: the start is keyed by example, so it is the same. */
async function makePerturbation(
  { attack, example, tuned: { config } }: AttributeJob,
  tuned: TunedClip,
  patches: tf.Tensor3D,
): Promise<tf.Tensor3D> {
  if (attack.name === 'none') return tf.zerosLike(patches);
  const textFeatures = allTextFeatures(tuned);
  const subject = { model: tuned, textFeatures, patches, examples: [example] };
  let perturbation: tf.Tensor3D | null = null;
  for await (const { result } of attackImages(subject, attack, config.seed)) {
    if (result) perturbation = result.perturbation;
  }
  textFeatures.dispose();
  return perturbation as unknown as tf.Tensor3D;
}

function describe(
  { example }: AttributeJob,
  tuned: TunedClip,
  patches: tf.Tensor3D,
  perturbation: tf.Tensor3D,
  target: number,
): Attribution {
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
    ...measure(tuned, patches, tf.add(patches, perturbation) as tf.Tensor3D, target),
  };
}

/** Maps, logits, drift and pixels of the clean and the attacked image; disposes the attacked one. */
function measure(
  tuned: TunedClip,
  patches: tf.Tensor3D,
  attacked: tf.Tensor3D,
  target: number,
): Pick<Attribution, 'image' | 'text' | 'logits' | 'drift' | 'pixels'> {
  const { imageSize, patchSize } = tuned.clip.shape;
  const length = (tuned.layout.ends[target] as number) - 1;
  const tensors = tf.tidy(() => {
    const { texts, features } = givenText(tuned, [target], allTextFeatures(tuned));
    const view = (p: tf.Tensor3D) => {
      const encoding = imageEncoding(tuned, p);
      return {
        image: imageMap(tuned.clip, encoding, texts(), PAPER_MAPS),
        text: textMap(tuned.clip, encoding, texts(), PAPER_MAPS),
        logits: logitsOf(encoding.features, features, tuned.clip.logitScale),
        pixels: fromPatches(p, patchSize),
      };
    };
    const [clean, adversarial] = [view(patches), view(attacked)];
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
  tf.dispose([tensors as unknown as tf.TensorContainer, attacked]);
  for (const { clean, adversarial } of [result.logits, result.image, result.text]) {
    requireFinite([...clean, ...adversarial]);
  }
  return result;
}
