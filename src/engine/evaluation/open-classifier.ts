import type * as tf from '@tensorflow/tfjs-core';
import type { TunedModel } from '../../shared/engine-contract.ts';
import { ImageLoader } from '../images/image-loader.ts';
import { allTextFeatures } from '../training/prompted-clip.ts';
import { closeTuned, openTuned, type TunedClip } from '../training/tuned-clip.ts';

/** A tuned model ready to judge images: its classes' features, computed once, and its test images' loader. */
export type OpenClassifier = {
  model: TunedClip;
  /** [K, E]. */
  textFeatures: tf.Tensor2D;
  loader: ImageLoader;
  close(): void;
};

/** @throws FaptError for weights, checkpoints or texts that cannot be used */
export async function openClassifier(tuned: TunedModel): Promise<OpenClassifier> {
  const model = await openTuned(tuned);
  try {
    const textFeatures = allTextFeatures(model);
    const { imageSize, patchSize } = model.clip.shape;
    const loader = new ImageLoader(imageSize, patchSize, 'crop');
    return {
      model,
      textFeatures,
      loader,
      close() {
        loader.close();
        textFeatures.dispose();
        closeTuned(model);
      },
    };
  } catch (error) {
    closeTuned(model);
    throw error;
  }
}
