import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { FaptError } from '../../shared/errors.ts';
import { fileExists, openSafetensors, type SafetensorsFile } from './safetensors.ts';

/** A tensor behind one of OpenAI's names, under the name its file gives it. */
export type StoredTensor = {
  name: string;
  /** As OpenAI's files turn it; undefined where the file lacks the tensor. */
  shape: number[] | undefined;
};

/** Tensors under OpenAI CLIP's names, whatever the files call them. */
export type TensorSource = {
  layout: 'huggingface' | 'openai';
  /** For messages. */
  label: string;
  dtypes: string[];
  /** The file's own tensors behind a name: itself, or q, k and v where they are stored apart. */
  stored(name: string): StoredTensor[];
  shape(name: string): number[] | undefined;
  /** Blocks of a tower, counted by the highest index in the file, so that none is overlooked. */
  blocks(tower: 'image' | 'text'): number;
  read(name: string): Promise<Float32Array>;
  /** Names in the file that nothing has read. */
  unread(): string[];
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
  return {
    layout,
    label: basename(path),
    dtypes: [...new Set(files.flatMap((f) => [...f.entries.values()].map((e) => e.dtype)))],
    close,
    ...byOpenAiName(layout, located, path),
  };
}

function byOpenAiName(
  layout: TensorSource['layout'],
  located: Map<string, Located>,
  path: string,
): Pick<TensorSource, 'stored' | 'shape' | 'blocks' | 'read' | 'unread'> {
  const openai = layout === 'openai';
  const unread = new Set(located.keys());
  const turned = (name: string) => !openai && TRANSPOSED.has(name);
  const stored = (name: string): StoredTensor[] =>
    (openai ? [name] : huggingFaceNames(name)).map((own) => {
      const found = located.get(own);
      const shape = found?.file.entries.get(found.name)?.shape;
      return { name: own, shape: shape && turned(name) ? [...shape].reverse() : shape };
    });
  const readOne = ({ name }: StoredTensor) => {
    const found = located.get(name);
    if (!found) {
      throw new FaptError(
        'tensor-missing',
        `${path} lacks the tensor "${name}": the file is incomplete or not a CLIP.`,
      );
    }
    unread.delete(name);
    return found.file.read(found.name);
  };
  return {
    stored,
    shape(name) {
      const shapes = stored(name).map(({ shape }) => shape);
      const [first] = shapes;
      if (!first || shapes.includes(undefined)) return undefined;
      return shapes.length === 1 ? first : [shapes.length * (first[0] ?? 0), ...first.slice(1)];
    },
    blocks(tower) {
      const prefix = TOWERS[tower][openai ? 0 : 1];
      const indices = [...located.keys()]
        .filter((name) => name.startsWith(prefix))
        .map((name) => Number.parseInt(name.slice(prefix.length), 10));
      return Math.max(-1, ...indices.filter(Number.isInteger)) + 1;
    },
    async read(name) {
      const parts = stored(name);
      const values = await Promise.all(parts.map(readOne));
      if (values.length !== 1) return concatenate(values);
      const only = values[0] as Float32Array;
      return turned(name) ? transpose(only, [...(parts[0]?.shape ?? [])].reverse()) : only;
    },
    unread: () => [...unread],
  };
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
  const { weight_map: map } = (await readJson(index, 'weights-damaged')) as {
    weight_map?: Record<string, string>;
  };
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

/** Prefixes of the blocks under OpenAI's and Hugging Face's names. */
const TOWERS = {
  image: ['visual.transformer.resblocks.', 'vision_model.encoder.layers.'],
  text: ['transformer.resblocks.', 'text_model.encoder.layers.'],
} as const;
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
  for (const [from, to] of Object.values(TOWERS)) {
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

/** The config.json in a folder or beside a file; null where there is none. */
export async function readConfig(path: string): Promise<Record<string, unknown> | null> {
  const file = await companionFile(path, 'config.json');
  return file ? ((await readJson(file, 'config-damaged')) as Record<string, unknown> | null) : null;
}

/** A file in the weights' folder: inside `path`, or beside it where it is a file itself. */
export async function companionFile(path: string, name: string): Promise<string | null> {
  const file = join((await fileExists(path)) ? dirname(path) : path, name);
  return (await fileExists(file)) ? file : null;
}

async function readJson(file: string, code: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch (cause) {
    throw new FaptError(code, `${file} is not valid JSON: fetch it again.`, { cause });
  }
}
