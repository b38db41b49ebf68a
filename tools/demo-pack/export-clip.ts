import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { PIXEL_MEAN, PIXEL_STD } from '../../src/engine/clip/load-clip.ts';
import type { Linear } from '../../src/engine/clip/primitives.ts';
import { type TensorData, writeSafetensors } from '../../src/engine/clip/safetensors.ts';
import type { BlockWeights } from '../../src/engine/clip/weights.ts';
import type { TrainableClip } from './trainable-clip.ts';

/**
 * Writes the trained CLIP as a Hugging Face folder in half precision. The layer norms that were
 * trained as part of the linear behind them are written with scale 1 and shift 0.
 */
export async function exportClip(clip: TrainableClip, folder: string): Promise<void> {
  const { image, text, shape } = clip.weights;
  const out: Record<string, TensorData> = {};
  const put = (name: string, tensor: tf.Tensor) => {
    out[name] = {
      shape: tensor.shape,
      data: Uint16Array.from(tensor.dataSync() as Float32Array, floatToHalf),
    };
  };
  const norm = (name: string, width: number) => {
    put(`${name}.weight`, tf.ones([width]));
    put(`${name}.bias`, tf.zeros([width]));
  };
  const linear = (name: string, l: Linear) => {
    put(`${name}.weight`, tf.transpose(l.weight));
    if (l.bias) put(`${name}.bias`, l.bias);
  };
  const block = (name: string, b: BlockWeights, width: number) => {
    for (const [i, letter] of ['q', 'k', 'v'].entries()) {
      put(
        `${name}.self_attn.${letter}_proj.weight`,
        tf.transpose(tf.slice(b.attentionIn.weight, [0, i * width], [-1, width])),
      );
      put(
        `${name}.self_attn.${letter}_proj.bias`,
        tf.slice(b.attentionIn.bias as tf.Tensor1D, [i * width], [width]),
      );
    }
    linear(`${name}.self_attn.out_proj`, b.attentionOut);
    norm(`${name}.layer_norm1`, width);
    norm(`${name}.layer_norm2`, width);
    linear(`${name}.mlp.fc1`, b.mlpIn);
    linear(`${name}.mlp.fc2`, b.mlpOut);
  };
  tf.tidy(() => {
    const e = 'vision_model.embeddings';
    const { conv, offset } = unfoldPatches(image.patch, shape.patchSize);
    put(`${e}.class_embedding`, image.classEmbedding);
    put(`${e}.patch_embedding.weight`, conv);
    // CLIP's patches have no bias: what is left of ours moves into the patches' positions.
    put(
      `${e}.position_embedding.weight`,
      tf.concat([
        tf.slice(image.positions, [0, 0], [1, -1]),
        tf.add(tf.slice(image.positions, [1, 0]), offset),
      ]),
    );
    put('vision_model.pre_layrnorm.weight', image.normScale);
    put('vision_model.pre_layrnorm.bias', image.normShift);
    for (const [i, b] of image.blocks.entries())
      block(`vision_model.encoder.layers.${i}`, b, shape.imageWidth);
    norm('vision_model.post_layernorm', shape.imageWidth);
    linear('visual_projection', image.projection);
    put('text_model.embeddings.token_embedding.weight', text.tokenEmbedding);
    put('text_model.embeddings.position_embedding.weight', text.positions);
    for (const [i, b] of text.blocks.entries())
      block(`text_model.encoder.layers.${i}`, b, shape.textWidth);
    norm('text_model.final_layer_norm', shape.textWidth);
    linear('text_projection', text.projection);
    put('logit_scale', clip.weights.logScale);
  });
  await writeSafetensors(join(folder, 'model.safetensors'), out, { format: 'pt' });
  await writeFile(join(folder, 'config.json'), `${JSON.stringify(configOf(clip), null, 2)}\n`);
}

/** [3 P P, D] on raw pixels -> conv [D, 3, P, P] on normalised ones, and the bias left over [D]. */
function unfoldPatches({ weight, bias }: Linear, patchSize: number) {
  const width = weight.shape[1];
  const raw = tf.reshape(tf.transpose(weight), [width, 3, patchSize, patchSize]);
  const conv = tf.mul(raw, tf.tensor([...PIXEL_STD], [1, 3, 1, 1]));
  const mean = tf.mul(raw, tf.tensor([...PIXEL_MEAN], [1, 3, 1, 1]));
  const offset = tf.add(tf.sum(tf.reshape(mean, [width, -1]), 1), bias as tf.Tensor1D);
  return { conv, offset };
}

function configOf(clip: TrainableClip): object {
  const { shape } = clip.weights;
  const common = { hidden_act: 'quick_gelu', layer_norm_eps: 1e-5 };
  return {
    architectures: ['CLIPModel'],
    model_type: 'clip',
    projection_dim: shape.embeddingWidth,
    text_config: {
      ...common,
      vocab_size: shape.vocabularySize,
      hidden_size: shape.textWidth,
      intermediate_size: 4 * shape.textWidth,
      num_hidden_layers: shape.textBlocks,
      num_attention_heads: shape.textHeads,
      max_position_embeddings: shape.contextLength,
      bos_token_id: shape.vocabularySize - 2,
      eos_token_id: shape.vocabularySize - 1,
    },
    vision_config: {
      ...common,
      hidden_size: shape.imageWidth,
      intermediate_size: 4 * shape.imageWidth,
      num_hidden_layers: shape.imageBlocks,
      num_attention_heads: shape.imageHeads,
      image_size: shape.imageSize,
      patch_size: shape.patchSize,
    },
  };
}

/** Nearest half-precision number (ties to even), subnormals included. */
function floatToHalf(value: number): number {
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const size = Math.abs(value);
  if (size >= 65520) throw new RangeError(`${value} does not fit half precision`);
  const exponent = Math.max(-14, Math.floor(Math.log2(size || 2 ** -24)));
  const scaled = size / 2 ** (exponent - 10);
  const floor = Math.floor(scaled);
  const rest = scaled - floor;
  const rounded = rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor;
  // Rounded up past the fraction, a carry into the exponent gives the right bits by itself.
  return sign | (size < 2 ** -14 ? rounded : ((exponent + 15) << 10) + (rounded - 1024));
}
