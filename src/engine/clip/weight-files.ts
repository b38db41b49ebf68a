import { readdir, readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { FaptError } from '../../shared/errors.ts';
import { openTensorFile } from './open-tensor-file.ts';
import { fileExists, type TensorFile } from './tensor-file.ts';

/** A tensor of a model and the file that holds it. */
export type Located = { file: TensorFile; name: string };

export type WeightFiles = { files: TensorFile[]; located: Map<string, Located> };

/**
 * Opens the files behind a path: the file itself, a folder's model.safetensors or pytorch_model.bin, or
 * the shards that an index lists.
 *
 * @throws FaptError `weights-missing`, `weights-damaged`, `pickle-refused`
 */
export async function openWeightFiles(path: string): Promise<WeightFiles> {
  const single = await firstFile([
    path,
    join(path, 'model.safetensors'),
    ...['model.safetensors.index.json', 'pytorch_model.bin', 'pytorch_model.bin.index.json'].map(
      (name) => join(path, name),
    ),
  ]);
  if (single === null) throw await nothingKnown(path);
  if (single.endsWith('.index.json')) return openShards(path, single);
  const file = await openTensorFile(single);
  const located = [...file.entries.keys()].map((name) => [name, { file, name }] as const);
  return { files: [file], located: new Map(located) };
}

/** A folder may hold weights all the same: parts without their list, or a file of another name. */
async function nothingKnown(path: string): Promise<FaptError> {
  const names = await readdir(path).catch(() => []); // Not there, or a file.
  const weights = names.filter((name) => /\.(safetensors|bin|pt|pth)$/.test(name)).sort();
  const part = weights.find((name) => /-of-\d+\.(safetensors|bin)$/.test(name));
  let what = 'give a weight file, or a folder with config.json and model.safetensors';
  if (weights[0]) what = `it holds ${weights[0]}, whose own path may be given`;
  if (part)
    what = `it holds ${part}, a part, without the list of the parts: put model.safetensors.index.json there`;
  return new FaptError('weights-missing', `There are no weights at ${path}: ${what}.`);
}

export async function closeWeightFiles({ files }: WeightFiles): Promise<void> {
  for (const file of files) await file.close();
}

async function firstFile(paths: string[]): Promise<string | null> {
  for (const path of paths) if (await fileExists(path)) return path;
  return null;
}

/** The shards of a folder; of each, the tensors that the index says it holds. */
async function openShards(folder: string, index: string): Promise<WeightFiles> {
  const { weight_map: map } = ((await readJson(index, 'weights-damaged')) ?? {}) as {
    weight_map?: unknown;
  };
  const isMap = typeof map === 'object' && map !== null && !Array.isArray(map);
  const pairs = isMap ? Object.entries(map) : [];
  if (pairs.length === 0) {
    throw new FaptError('weights-damaged', `${index} lists no tensors: fetch it again.`);
  }
  const opened: WeightFiles = { files: [], located: new Map() };
  try {
    const shards = new Map<string, TensorFile>();
    for (const [name, shard] of pairs) {
      const file =
        shards.get(String(shard)) ?? (await openTensorFile(shardPath(folder, index, shard)));
      if (!shards.has(String(shard))) opened.files.push(file);
      shards.set(String(shard), file);
      if (!file.entries.has(name)) {
        throw new FaptError(
          'weights-damaged',
          `${shard} lacks the tensor "${name}", which ${basename(index)} says it holds: fetch both files again (${folder}).`,
        );
      }
      opened.located.set(name, { file, name });
    }
    return opened;
  } catch (error) {
    await closeWeightFiles(opened);
    throw error;
  }
}

/** An index may name files of its own folder only. */
function shardPath(folder: string, index: string, shard: unknown): string {
  if (typeof shard === 'string' && /^[^/\\\0]+$/.test(shard) && shard !== '..' && shard !== '.') {
    return join(folder, shard);
  }
  throw new FaptError(
    'weights-damaged',
    `${index} names the file "${String(shard)}", which is not in its folder: fetch the index again.`,
  );
}

/**
 * The config.json in a folder or beside a file, or what OpenCLIP's own config says in its words; null
 * where there is none.
 */
export async function readConfig(path: string): Promise<Record<string, unknown> | null> {
  const file = await companionFile(path, 'config.json');
  if (file) return (await readJson(file, 'config-damaged')) as Record<string, unknown> | null;
  const openClip = await companionFile(path, 'open_clip_config.json');
  return openClip ? asConfig(await readJson(openClip, 'config-damaged')) : null;
}

/** OpenCLIP computes GELU unless its config asks for CLIP's own quick one. */
function asConfig(openClip: unknown): Record<string, unknown> {
  type Tower = { width?: number; heads?: number; head_width?: number };
  type OpenClip = { quick_gelu?: boolean; vision_cfg?: Tower; text_cfg?: Tower };
  const given = (openClip as { model_cfg?: OpenClip } | null)?.model_cfg ?? {};
  const { vision_cfg: vision = {}, text_cfg: text = {} } = given;
  const hidden_act = given.quick_gelu ? 'quick_gelu' : 'gelu';
  const imageHeads = vision.width && vision.width / (vision.head_width ?? 64);
  return {
    vision_config: { hidden_act, num_attention_heads: imageHeads },
    text_config: { hidden_act, num_attention_heads: text.heads },
  };
}

/** A file in the weights' folder: inside `path`, or beside it where it is a file itself. */
export async function companionFile(path: string, name: string): Promise<string | null> {
  const file = join((await fileExists(path)) ? dirname(path) : path, name);
  return (await fileExists(file)) ? file : null;
}

export async function readJson(file: string, code: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch (cause) {
    throw new FaptError(code, `${file} is not valid JSON: fetch it again.`, { cause });
  }
}
