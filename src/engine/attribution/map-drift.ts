import * as tf from '@tensorflow/tfjs-core';
import type { MapDrift } from '../../shared/engine-contract.ts';
import type { ImageEncoding } from '../clip/image-tower.ts';
import type { ClipWeights } from '../clip/weights.ts';
import type { Classifier } from '../evaluation/attack-images.ts';
import { requireFinite } from '../evaluation/require-finite.ts';
import { imageEncoding } from '../training/prompted-clip.ts';
import { givenText } from '../training/text-sources.ts';
import { spearman, topOverlap } from './map-numbers.ts';
import { type ChosenTexts, imageMap, PAPER_MAPS, textMap } from './maps.ts';
import { mapDistance, tokenKl } from './stability.ts';

export type Pair<T> = { clean: T; adversarial: T };

/**
 * The image maps of the true classes [B][M] and how far they and the token maps move, one row an
 * image; all images in one pass.
 *
 * @param labels true classes [B]
 * @param clean and @param adversarial patches [B, M, 3 P P]
 * @throws FaptError `logits-not-finite`
 */
export function mapDrift(
  classifier: Classifier,
  labels: number[],
  clean: tf.Tensor3D,
  adversarial: tf.Tensor3D,
): { maps: Pair<number[][]>; numbers: MapDrift[] } {
  const tensors = tf.tidy(() => {
    const { model, textFeatures } = classifier;
    const { texts } = givenText(model, labels, textFeatures);
    const [before, after] = [imageEncoding(model, clean), imageEncoding(model, adversarial)];
    return mapPair(model.clip, texts(), before, after);
  });
  // The words lie between the start and the end of the text.
  const words = labels.map((label) => (classifier.model.layout.ends[label] as number) - 1);
  const { image, numbers } = readMaps(tensors, words);
  return { maps: image, numbers };
}

/** Maps of both sides, one row an image, and the distances that are taken between tensors. */
export function mapPair(
  clip: ClipWeights,
  texts: ChosenTexts,
  clean: ImageEncoding,
  adversarial: ImageEncoding,
) {
  const view = (encoding: ImageEncoding) => ({
    image: imageMap(clip, encoding, texts, PAPER_MAPS),
    text: textMap(clip, encoding, texts, PAPER_MAPS),
  });
  const [before, after] = [view(clean), view(adversarial)];
  return {
    before,
    after,
    imageL2: mapDistance(before.image, after.image),
    imageKl: tokenKl(before.image, after.image, tf.onesLike(before.image), 'softmax'),
    textKl: tokenKl(before.text, after.text, texts.mask, 'softmax'),
  };
}

/**
 * The values of a pair of maps and how far they moved; frees the tensors.
 *
 * @param words of each row's text
 * @throws FaptError `logits-not-finite`
 */
export function readMaps(
  tensors: ReturnType<typeof mapPair>,
  words: number[],
): { image: Pair<number[][]>; text: Pair<number[][]>; numbers: MapDrift[] } {
  const [imageL2, imageKl, textKl] = [tensors.imageL2, tensors.imageKl, tensors.textKl].map((t) =>
    Array.from(t.dataSync()),
  ) as [number[], number[], number[]];
  const pairOf = (name: 'image' | 'text'): Pair<number[][]> => ({
    clean: tensors.before[name].arraySync(),
    adversarial: tensors.after[name].arraySync(),
  });
  const image = pairOf('image');
  const all = pairOf('text');
  tf.dispose(tensors as unknown as tf.TensorContainer);
  const cut = (rows: number[][]) => rows.map((row, n) => row.slice(0, words[n]));
  const text = { clean: cut(all.clean), adversarial: cut(all.adversarial) };
  for (const rows of [image, text].flatMap((maps) => [maps.clean, maps.adversarial])) {
    for (const row of rows) requireFinite(row);
  }
  requireFinite([...imageL2, ...imageKl, ...textKl]);
  const at = (maps: Pair<number[][]>, row: number) =>
    [maps.clean[row], maps.adversarial[row]] as [number[], number[]];
  const numbers = words.map((_, row) => ({
    imageL2: imageL2[row] as number,
    imageKl: imageKl[row] as number,
    imageSpearman: spearman(...at(image, row)),
    imageTopIou: topOverlap(...at(image, row)),
    textKl: textKl[row] as number,
    textSpearman: spearman(...at(text, row)),
  }));
  return { image, text, numbers };
}
