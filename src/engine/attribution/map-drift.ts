import * as tf from '@tensorflow/tfjs-core';
import type { StabilityRow } from '../../shared/engine-contract.ts';
import type { Classifier } from '../evaluation/attack-images.ts';
import { requireFinite } from '../evaluation/require-finite.ts';
import { imageEncoding } from '../training/prompted-clip.ts';
import { givenText } from '../training/text-sources.ts';
import { spearman, topOverlap } from './map-numbers.ts';
import { imageMap, PAPER_MAPS, textMap } from './maps.ts';
import { mapDistance, tokenKl } from './stability.ts';

export type Pair<T> = { clean: T; adversarial: T };

export type DriftNumbers = Pick<
  StabilityRow,
  'imageL2' | 'imageKl' | 'imageSpearman' | 'imageTopIou' | 'textKl' | 'textSpearman'
>;

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
): { maps: Pair<number[][]>; numbers: DriftNumbers[] } {
  const tensors = tf.tidy(() => mapsOf(classifier, labels, clean, adversarial));
  const [imageL2, imageKl, textKl] = [tensors.imageL2, tensors.imageKl, tensors.textKl].map(
    (numbers) => Array.from(numbers.dataSync()),
  ) as [number[], number[], number[]];
  const [before, after] = [tensors.before, tensors.after].map(({ image, text }) => ({
    image: image.arraySync(),
    text: text.arraySync(),
  })) as [Rows, Rows];
  tf.dispose(tensors as unknown as tf.TensorContainer);
  requireFinite([...imageL2, ...imageKl, ...textKl]);
  const numbers = labels.map((label, row) => {
    // The words lie between the start and the end of the text.
    const words = (classifier.model.layout.ends[label] as number) - 1;
    const images = [before.image[row], after.image[row]] as [number[], number[]];
    const [textBefore, textAfter] = [before.text[row], after.text[row]] as [number[], number[]];
    return {
      imageL2: imageL2[row] as number,
      imageKl: imageKl[row] as number,
      imageSpearman: spearman(...images),
      imageTopIou: topOverlap(...images),
      textKl: textKl[row] as number,
      textSpearman: spearman(textBefore.slice(0, words), textAfter.slice(0, words)),
    };
  });
  return { maps: { clean: before.image, adversarial: after.image }, numbers };
}

type Rows = { image: number[][]; text: number[][] };

function mapsOf(
  { model, textFeatures }: Classifier,
  labels: number[],
  clean: tf.Tensor3D,
  adversarial: tf.Tensor3D,
) {
  const { texts } = givenText(model, labels, textFeatures);
  const view = (patches: tf.Tensor3D) => {
    const encoding = imageEncoding(model, patches);
    return {
      image: imageMap(model.clip, encoding, texts(), PAPER_MAPS),
      text: textMap(model.clip, encoding, texts(), PAPER_MAPS),
    };
  };
  const [before, after] = [view(clean), view(adversarial)];
  return {
    before,
    after,
    imageL2: mapDistance(before.image, after.image),
    imageKl: tokenKl(before.image, after.image, tf.onesLike(before.image), 'softmax'),
    textKl: tokenKl(before.text, after.text, texts().mask, 'softmax'),
  };
}
