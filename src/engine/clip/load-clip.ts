import * as tf from '@tensorflow/tfjs-core';
import { FaptError } from '../../shared/errors.ts';
import { say } from '../../shared/sentence.ts';
import { isHarmless } from './clip-names.ts';
import { readShape } from './clip-shape.ts';
import { clipTensors } from './clip-tensors.ts';
import type { Linear } from './primitives.ts';
import { openTensorSource, type TensorSource } from './tensor-source.ts';
import { readConfig } from './weight-files.ts';
import { misfits, refuseMisfits } from './weight-report.ts';
import type { BlockWeights, ClipShape, ClipWeights } from './weights.ts';

/** CLIP's pixel mean and standard deviation, channels R, G, B, on pixels in [0, 1]. */
export const PIXEL_MEAN = [0.48145466, 0.4578275, 0.40821073] as const;
export const PIXEL_STD = [0.26862954, 0.26130258, 0.27577711] as const;

export type Heads = { image: number; text: number };

export type LoadedClip = {
  weights: ClipWeights;
  layout: TensorSource['layout'];
  dtypes: string[];
  notes: string[];
};

/**
 * Loads CLIP weights, one tensor at a time, widened to float32, with the layer norms' scale and
 * shift folded into the linear behind each and the pixel normalisation folded into the patches.
 *
 * @param path Hugging Face folder, its shards, or one file in either naming, safetensors or PyTorch
 * @param heads overrides the head counts of config.json (or width / 64)
 * @throws FaptError where a tensor is missing, misshapen or not finite
 */
export async function loadClip(path: string, heads?: Heads): Promise<LoadedClip> {
  const source = await openTensorSource(path);
  const made: tf.Tensor[] = [];
  try {
    const shape = readShape(source, await readConfig(path), heads);
    refuseMisfits(path, source.label, misfits(source, clipTensors(shape)));
    const reader = tensorReader(source, made);
    const scale = await reader('logit_scale', []);
    const weights: ClipWeights = {
      shape,
      image: await loadImage(reader, shape),
      text: await loadText(reader, shape),
      logitScale: Math.exp(scale.dataSync()[0] as number),
    };
    scale.dispose();
    return { weights, layout: source.layout, dtypes: source.dtypes, notes: unreadNotes(source) };
  } catch (error) {
    tf.dispose(made);
    throw error;
  } finally {
    await source.close();
  }
}

function unreadNotes(source: TensorSource): string[] {
  const unknown = source.unread().filter((name) => !isHarmless(name));
  if (unknown.length === 0) return [];
  const some = unknown.slice(0, 5).join(', ');
  const more = unknown.length - 5;
  const told = { file: source.label, some };
  return [more > 0 ? say('note.unread-more', { ...told, n: more }) : say('note.unread', told)];
}

/** Reads a tensor; `keep` notes what was made of one, to be disposed where loading fails. */
type Reader = ((name: string, shape: number[]) => Promise<tf.Tensor>) & {
  keep(linear: Linear): Linear;
};

/** Reads with every value finite; shapes are checked before. */
function tensorReader(source: TensorSource, made: tf.Tensor[]): Reader {
  const read = async (name: string, shape: number[]) => {
    const values = await source.read(name);
    if (!values.every(Number.isFinite)) {
      const names = source.stored(name).map((part) => `"${part.name}"`);
      throw new FaptError(
        'tensor-not-finite',
        `${source.label}: ${names.join(' or ')} holds values that are infinite or not numbers; fetch the weights again.`,
      );
    }
    const tensor = tf.tensor(values, shape);
    made.push(tensor);
    return tensor;
  };
  const keep = (linear: Linear) => {
    made.push(linear.weight, ...(linear.bias ? [linear.bias] : []));
    return linear;
  };
  return Object.assign(read, { keep });
}

/** `tf.tidy` for a linear: its tensors survive, everything between does not. */
function tidyLinear(make: () => Linear): Linear {
  let made: Linear | undefined;
  tf.tidy(() => {
    made = make();
    return [made.weight, made.bias].filter((t) => t !== null);
  });
  return made as unknown as Linear;
}

/** Turns [out, in] and a bias into [in, out], with a preceding norm's scale and shift folded in. */
function fold(
  weight: tf.Tensor,
  bias: tf.Tensor | null,
  norm: [tf.Tensor, tf.Tensor] | null,
  turned = false,
): Linear {
  return tidyLinear(() => {
    const inOut = (turned ? weight : tf.transpose(weight)) as tf.Tensor2D;
    if (!norm)
      return { weight: tf.clone(inOut), bias: bias ? (tf.clone(bias) as tf.Tensor1D) : null };
    const [scale, shift] = norm;
    const moved = tf.reshape(tf.matMul(tf.reshape(shift, [1, -1]), inOut), [-1]) as tf.Tensor1D;
    return {
      weight: tf.mul(inOut, tf.reshape(scale, [-1, 1])) as tf.Tensor2D,
      bias: bias ? (tf.add(moved, bias) as tf.Tensor1D) : moved,
    };
  });
}

async function loadBlock(read: Reader, prefix: string, width: number): Promise<BlockWeights> {
  const get = (name: string, ...shape: number[]) => read(prefix + name, shape);
  const linear = async (
    name: string,
    joint: string,
    out: number,
    input: number,
    norm: string | null,
  ) => {
    const weight = await get(`${name}${joint}weight`, out, input);
    const bias = await get(`${name}${joint}bias`, out);
    const pair = norm
      ? ([await get(`${norm}.weight`, input), await get(`${norm}.bias`, input)] as [
          tf.Tensor,
          tf.Tensor,
        ])
      : null;
    const folded = read.keep(fold(weight, bias, pair));
    tf.dispose([weight, bias, ...(pair ?? [])]);
    return folded;
  };
  return {
    attentionIn: await linear('attn.in_proj', '_', 3 * width, width, 'ln_1'),
    attentionOut: await linear('attn.out_proj', '.', width, width, null),
    mlpIn: await linear('mlp.c_fc', '.', 4 * width, width, 'ln_2'),
    mlpOut: await linear('mlp.c_proj', '.', width, 4 * width, null),
  };
}

async function loadBlocks(
  read: Reader,
  prefix: string,
  count: number,
  width: number,
): Promise<BlockWeights[]> {
  const blocks: BlockWeights[] = [];
  for (let i = 0; i < count; i += 1) {
    blocks.push(await loadBlock(read, `${prefix}resblocks.${i}.`, width));
  }
  return blocks;
}

async function loadProjection(
  read: Reader,
  name: string,
  norm: string,
  width: number,
  out: number,
) {
  const weight = await read(name, [width, out]);
  const scale = await read(`${norm}.weight`, [width]);
  const shift = await read(`${norm}.bias`, [width]);
  const folded = read.keep(fold(weight, null, [scale, shift], true));
  tf.dispose([weight, scale, shift]);
  return folded;
}

async function loadImage(read: Reader, shape: ClipShape): Promise<ClipWeights['image']> {
  const { imageWidth: width, patchSize, imageSize } = shape;
  const count = (imageSize / patchSize) ** 2;
  return {
    patch: read.keep(
      patchLinear(await read('visual.conv1.weight', [width, 3, patchSize, patchSize])),
    ),
    classEmbedding: (await read('visual.class_embedding', [width])) as tf.Tensor1D,
    positions: (await read('visual.positional_embedding', [count + 1, width])) as tf.Tensor2D,
    normScale: (await read('visual.ln_pre.weight', [width])) as tf.Tensor1D,
    normShift: (await read('visual.ln_pre.bias', [width])) as tf.Tensor1D,
    blocks: await loadBlocks(read, 'visual.transformer.', shape.imageBlocks, width),
    projection: await loadProjection(
      read,
      'visual.proj',
      'visual.ln_post',
      width,
      shape.embeddingWidth,
    ),
  };
}

/** conv [D, 3, P, P] on (x - mean) / std -> linear [3 P P, D] with a bias, on x itself. */
export function patchLinear(conv: tf.Tensor): Linear {
  const folded = tidyLinear(() => {
    const std = tf.tensor([...PIXEL_STD], [1, 3, 1, 1]);
    const mean = tf.tensor([...PIXEL_MEAN], [1, 3, 1, 1]);
    const scaled = tf.div(conv, std);
    const width = conv.shape[0] as number;
    return {
      weight: tf.transpose(tf.reshape(scaled, [width, -1])) as tf.Tensor2D,
      bias: tf.neg(tf.sum(tf.reshape(tf.mul(scaled, mean), [width, -1]), 1)) as tf.Tensor1D,
    };
  });
  conv.dispose();
  return folded;
}

async function loadText(read: Reader, shape: ClipShape): Promise<ClipWeights['text']> {
  const { textWidth: width } = shape;
  return {
    tokenEmbedding: (await read('token_embedding.weight', [
      shape.vocabularySize,
      width,
    ])) as tf.Tensor2D,
    positions: (await read('positional_embedding', [shape.contextLength, width])) as tf.Tensor2D,
    blocks: await loadBlocks(read, 'transformer.', shape.textBlocks, width),
    projection: await loadProjection(
      read,
      'text_projection',
      'ln_final',
      width,
      shape.embeddingWidth,
    ),
  };
}
