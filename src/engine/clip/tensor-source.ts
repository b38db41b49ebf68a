import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { FaptError } from '../../shared/errors.ts';
import { fileExists, openSafetensors, type SafetensorsFile } from './safetensors.ts';

/** Tensors under OpenAI CLIP's names, whatever the files call them. */
export type TensorSource = {
  layout: 'huggingface' | 'openai';
  /** For messages. */
  label: string;
  names: string[];
  dtypes: string[];
  shape(name: string): number[] | undefined;
  read(name: string): Promise<Float32Array>;
  close(): Promise<void>;
};

type Located = { file: SafetensorsFile; name: string };

/**
 * Opens a Hugging Face CLIP folder or one safetensors file in either naming.
 *
 * @throws FaptError `weights-missing`, `weights-damaged`, `weights-foreign`
 */
export async function openTensorSource(path: string): Promise<TensorSource> {
  const files = await openFiles(path);
  const located = new Map<string, Located>();
  for (const file of files) {
    for (const name of file.entries.keys()) located.set(name, { file, name });
  }
  const close = async () => {
    for (const file of files) await file.close();
  };
  const layout: TensorSource['layout'] = located.has('visual.class_embedding')
    ? 'openai'
    : 'huggingface';
  if (layout === 'huggingface' && !located.has('vision_model.embeddings.class_embedding')) {
    await close();
    throw new FaptError(
      'weights-foreign',
      `${path} holds no CLIP with a vision transformer (no class embedding under OpenAI or Hugging Face names): choose CLIP ViT weights.`,
    );
  }
  const read = (from: Located) => from.file.read(from.name);
  const shapeOf = (from: Located) => from.file.entries.get(from.name)?.shape ?? [];
  const base = {
    layout,
    label: basename(path),
    dtypes: [...new Set(files.flatMap((f) => [...f.entries.values()].map((e) => e.dtype)))],
    close,
  };
  if (layout === 'openai') {
    const at = (name: string) => located.get(name);
    return {
      ...base,
      names: [...located.keys()],
      shape: (name) => mapped(at(name), shapeOf),
      read: (name) => read(need(at(name), name, path)),
    };
  }
  return { ...base, ...huggingFace(located, path, read, shapeOf) };
}

function mapped<T, U>(value: T | undefined, f: (value: T) => U): U | undefined {
  return value === undefined ? undefined : f(value);
}

function need(found: Located | undefined, name: string, path: string): Located {
  if (found) return found;
  throw new FaptError(
    'tensor-missing',
    `${path} lacks the tensor "${name}": the file is incomplete or not a CLIP.`,
  );
}

/** The safetensors files behind a path: the file, a folder's model.safetensors, or its shards. */
async function openFiles(path: string): Promise<SafetensorsFile[]> {
  if (await fileExists(path)) return [await openSafetensors(path)];
  const single = join(path, 'model.safetensors');
  if (await fileExists(single)) return [await openSafetensors(single)];
  const index = join(path, 'model.safetensors.index.json');
  if (!(await fileExists(index))) {
    throw new FaptError(
      'weights-missing',
      `There are no weights at ${path}: give a safetensors file, or a folder with config.json and model.safetensors.`,
    );
  }
  const map = (JSON.parse(await readFile(index, 'utf8')) as { weight_map?: Record<string, string> })
    .weight_map;
  const names = [...new Set(Object.values(map ?? {}))];
  const files: SafetensorsFile[] = [];
  try {
    for (const name of names) files.push(await openSafetensors(join(path, basename(name))));
    return files;
  } catch (error) {
    for (const file of files) await file.close();
    throw error;
  }
}

const TOWERS = [
  ['visual.transformer.resblocks.', 'vision_model.encoder.layers.'],
  ['transformer.resblocks.', 'text_model.encoder.layers.'],
] as const;
const IN_BLOCK: Record<string, string> = {
  'attn.out_proj': 'self_attn.out_proj',
  ln_1: 'layer_norm1',
  ln_2: 'layer_norm2',
  'mlp.c_fc': 'mlp.fc1',
  'mlp.c_proj': 'mlp.fc2',
};
const OUTSIDE: Record<string, string> = {
  'visual.class_embedding': 'vision_model.embeddings.class_embedding',
  'visual.conv1.weight': 'vision_model.embeddings.patch_embedding.weight',
  'visual.positional_embedding': 'vision_model.embeddings.position_embedding.weight',
  // The double "r" is in the published files.
  'visual.ln_pre.weight': 'vision_model.pre_layrnorm.weight',
  'visual.ln_pre.bias': 'vision_model.pre_layrnorm.bias',
  'visual.ln_post.weight': 'vision_model.post_layernorm.weight',
  'visual.ln_post.bias': 'vision_model.post_layernorm.bias',
  'ln_final.weight': 'text_model.final_layer_norm.weight',
  'ln_final.bias': 'text_model.final_layer_norm.bias',
  'token_embedding.weight': 'text_model.embeddings.token_embedding.weight',
  positional_embedding: 'text_model.embeddings.position_embedding.weight',
  'visual.proj': 'visual_projection.weight',
  text_projection: 'text_projection.weight',
  logit_scale: 'logit_scale',
};
/** Stored [out, in] here and [in, out] in OpenAI's files. */
const TRANSPOSED = new Set(['visual.proj', 'text_projection']);

/** Hugging Face names of an OpenAI tensor: one, or q, k and v to be joined. */
function huggingFaceNames(name: string): string[] {
  const outside = OUTSIDE[name];
  if (outside) return [outside];
  for (const [from, to] of TOWERS) {
    const match = name.startsWith(from) ? /^(\d+)\.(.+)$/.exec(name.slice(from.length)) : null;
    if (!match) continue;
    const [, index, rest = ''] = match;
    const joined = /^attn\.in_proj_(weight|bias)$/.exec(rest);
    if (joined) return ['q', 'k', 'v'].map((x) => `${to}${index}.self_attn.${x}_proj.${joined[1]}`);
    const [, stem = '', part] = /^(.*)\.(weight|bias)$/.exec(rest) ?? [];
    if (IN_BLOCK[stem]) return [`${to}${index}.${IN_BLOCK[stem]}.${part}`];
  }
  return [];
}

function huggingFace(
  located: Map<string, Located>,
  path: string,
  read: (from: Located) => Promise<Float32Array>,
  shapeOf: (from: Located) => number[],
): Pick<TensorSource, 'names' | 'shape' | 'read'> {
  const find = (name: string) => {
    const names = huggingFaceNames(name);
    const found = names.map((n) => located.get(n));
    return names.length && found.every((f) => f !== undefined) ? (found as Located[]) : undefined;
  };
  return {
    names: [...located.keys()],
    shape(name) {
      const parts = find(name);
      if (!parts?.[0]) return undefined;
      const shape = shapeOf(parts[0]);
      if (TRANSPOSED.has(name)) return [...shape].reverse();
      return parts.length === 1 ? shape : [parts.length * (shape[0] ?? 0), ...shape.slice(1)];
    },
    async read(name) {
      const parts = huggingFaceNames(name).map((n) => need(located.get(n), n, path));
      if (!parts[0]) throw new FaptError('tensor-missing', `${path} lacks the tensor "${name}".`);
      const values = await Promise.all(parts.map(read));
      if (values.length > 1) return concatenate(values);
      const only = values[0] as Float32Array;
      return TRANSPOSED.has(name) ? transpose(only, shapeOf(parts[0])) : only;
    },
  };
}

function concatenate(arrays: Float32Array[]): Float32Array {
  const joined = new Float32Array(arrays.reduce((n, a) => n + a.length, 0));
  let position = 0;
  for (const array of arrays) {
    joined.set(array, position);
    position += array.length;
  }
  return joined;
}

function transpose(values: Float32Array, [rows = 1, columns = 1]: number[]): Float32Array {
  const turned = new Float32Array(values.length);
  for (let r = 0; r < rows; r += 1) {
    for (let c = 0; c < columns; c += 1) turned[c * rows + r] = values[r * columns + c] as number;
  }
  return turned;
}

/** A folder's config.json, or null where the path is a single file. */
export async function readConfig(path: string): Promise<Record<string, unknown> | null> {
  for (const candidate of [join(path, 'config.json'), join(dirname(path), 'config.json')]) {
    if (await fileExists(candidate)) {
      try {
        return JSON.parse(await readFile(candidate, 'utf8')) as Record<string, unknown>;
      } catch (cause) {
        throw new FaptError('config-damaged', `${candidate} is not valid JSON: fetch it again.`, {
          cause,
        });
      }
    }
  }
  return null;
}
