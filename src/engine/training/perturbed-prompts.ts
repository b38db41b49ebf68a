import * as tf from '@tensorflow/tfjs-core';
import type { TrainingAttack } from '../../shared/attack.ts';
import { logitsOf } from '../clip/similarity.ts';
import { crossEntropy } from '../methods/losses.ts';
import { untaped } from '../untaped.ts';
import { type Batch, classRows } from './attack-batch.ts';
import { imageEncoding, type PromptedClip, textEncoding } from './prompted-clip.ts';

/**
 * APT's "perturbed" attack (methods 3.3): each step moves the pixels and, by plain gradient ascent on
 * the mean cross-entropy, the learned words too; afterwards the words are put back.
 *
 * @returns the attacked images as patches
 */
export function attackWithPrompts(
  model: PromptedClip,
  { patches, labels, start }: Batch,
  { epsilon, stepSize, steps, promptStepSize }: TrainingAttack,
): tf.Tensor3D {
  const { parameters } = model.learner;
  const kept = [...parameters.values()].map((parameter) => parameter.clone());
  const delta = tf.variable(start as tf.Tensor);
  try {
    return untaped(() => {
      const oneHot = classRows(labels, model.layout.ends.length);
      const inRange = (d: tf.Tensor) =>
        tf.minimum(tf.maximum(d, tf.neg(patches)), tf.sub(1, patches));
      delta.assign(inRange(delta));
      for (let step = 0; step < steps; step += 1) {
        const { grads } = tf.variableGrads(() => {
          const images = imageEncoding(model, tf.add(patches, delta) as tf.Tensor3D).features;
          const logits = logitsOf(images, textEncoding(model).features, model.clip.logitScale);
          return tf.mean(crossEntropy(logits, oneHot)) as tf.Scalar;
        }, [delta, ...parameters.values()]);
        for (const parameter of parameters.values()) {
          const gradient = grads[parameter.name];
          if (gradient) parameter.assign(tf.add(parameter, tf.mul(gradient, promptStepSize)));
        }
        const moved = tf.add(delta, tf.mul(tf.sign(grads[delta.name] as tf.Tensor), stepSize));
        delta.assign(inRange(tf.clipByValue(moved, -epsilon, epsilon)));
      }
      return tf.add(patches, delta) as tf.Tensor3D;
    });
  } finally {
    for (const [index, parameter] of [...parameters.values()].entries()) {
      parameter.assign(kept[index] as tf.Tensor);
    }
    tf.dispose([delta, ...kept]);
  }
}
