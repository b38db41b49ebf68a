import { basename } from 'node:path';
import { FaptError } from '../../shared/errors.ts';
import {
  findClip,
  findImageTower,
  hasResNet,
  type Layout,
  storedName,
  TOWERS,
} from './clip-names.ts';
import { BYTES_OF, widen } from './number-formats.ts';
import { closeWeightFiles, type Located, openWeightFiles } from './weight-files.ts';

/** A tensor behind one of OpenAI's names, under the name its file gives it. */
export type StoredTensor = {
  name: string;
  /** As OpenAI's files turn it; undefined where the file lacks the tensor. */
  shape: number[] | undefined;
};

/** A tensor's bytes in row-major order. */
export type RawTensor = { dtype: string; bytes: Uint8Array };

/** Tensors under OpenAI CLIP's names, whatever the files call them. */
export type TensorSource = {
  layout: Layout;
  /** For messages. */
  label: string;
  dtypes: string[];
  metadata: Record<string, string>;
  /** The file's own tensors behind a name: itself, or q, k and v where they are stored apart. */
  stored(name: string): StoredTensor[];
  shape(name: string): number[] | undefined;
  /** The number format behind a name; F32 where its parts differ. */
  dtype(name: string): string;
  /** Blocks of a tower, counted by the highest index in the file, so that none is overlooked. */
  blocks(tower: 'image' | 'text'): number;
  read(name: string): Promise<Float32Array>;
  /** The same in the file's own number format. */
  readRaw(name: string): Promise<RawTensor>;
  /** Names in the file that nothing has read. */
  unread(): string[];
  close(): Promise<void>;
};

/**
 * Opens a CLIP: a Hugging Face folder, its shards, or one file in either naming, safetensors or PyTorch,
 * by itself or inside a checkpoint.
 *
 * @throws FaptError `weights-missing`, `weights-damaged`, `weights-foreign`, `pickle-refused`
 */
export async function openTensorSource(path: string): Promise<TensorSource> {
  return openSource(path, (names) => {
    const found = findClip(names);
    if (found && hasTextTower(names, found)) return { ...found, bare: false };
    const isTower = findImageTower(names) !== null;
    throw foreign(path, names, isTower ? TOWER_ALONE : NO_CLIP);
  });
}

/** Opens a fine-tuned image tower, by itself or as a part of a CLIP. @throws as `openTensorSource` */
export async function openImageTower(path: string): Promise<TensorSource> {
  return openSource(path, (names) => {
    const found = findImageTower(names);
    if (found) return found;
    throw foreign(path, names, NO_CLIP);
  });
}

const NO_CLIP =
  'holds no CLIP with a vision transformer (no class embedding under OpenAI or Hugging Face names): choose CLIP ViT weights';
const TOWER_ALONE =
  'holds an image tower without its text tower: add it on top of a whole CLIP, as its image tower (--base NAME --role image-tower on the command line)';
const RESNET =
  'holds a CLIP with a ResNet image tower, which has no place for image prompts and is not supported: choose ViT weights';

function hasTextTower(
  names: ReadonlySet<string>,
  { prefix, layout }: Omit<Start, 'bare'>,
): boolean {
  const start = prefix + TOWERS.text[layout];
  return [...names].some((name) => name.startsWith(start));
}

function foreign(path: string, names: ReadonlySet<string>, why: string): FaptError {
  return new FaptError('weights-foreign', `${path} ${hasResNet(names) ? RESNET : why}.`);
}

type Start = { layout: Layout; prefix: string; bare: boolean };

async function openSource(
  path: string,
  find: (names: ReadonlySet<string>) => Start,
): Promise<TensorSource> {
  const opened = await openWeightFiles(path);
  try {
    const { layout, prefix, bare } = find(new Set(opened.located.keys()));
    const located = new Map<string, Located>();
    for (const [name, at] of opened.located) {
      // A tower by itself is named from the tower on.
      if (name.startsWith(prefix)) {
        located.set(`${bare ? 'visual.' : ''}${name.slice(prefix.length)}`, at);
      }
    }
    const dtypes = [...located.values()].map(({ file, name }) => file.entries.get(name)?.dtype);
    return {
      layout,
      label: basename(path),
      dtypes: [...new Set(dtypes)].filter((dtype) => dtype !== undefined),
      metadata: opened.files[0]?.metadata ?? {},
      close: () => closeWeightFiles(opened),
      ...byOpenAiName(layout, located, path),
    };
  } catch (error) {
    await closeWeightFiles(opened);
    throw error;
  }
}

type ByName = Omit<TensorSource, 'layout' | 'label' | 'dtypes' | 'metadata' | 'close'>;

function byOpenAiName(layout: Layout, located: Map<string, Located>, path: string): ByName {
  const unread = new Set(located.keys());
  const namesOf = (name: string) => storedName(name, layout, (own) => located.has(own));
  const entryOf = (own: string) => {
    const found = located.get(own);
    return found?.file.entries.get(found.name);
  };
  const stored = (name: string): StoredTensor[] => {
    const { names, turned } = namesOf(name);
    return names.map((own) => {
      const shape = entryOf(own)?.shape;
      return { name: own, shape: shape && turned ? [...shape].reverse() : shape };
    });
  };
  const dtype = (name: string) => {
    const parts = namesOf(name).names.map((own) => entryOf(own)?.dtype ?? 'F32');
    return parts.every((part) => part === parts[0]) ? (parts[0] as string) : 'F32';
  };
  const readRaw = async (name: string): Promise<RawTensor> => {
    const { names, turned } = namesOf(name);
    const wanted = dtype(name);
    const parts: Uint8Array[] = [];
    for (const own of names) {
      const found = located.get(own);
      if (!found) throw missing(path, own);
      unread.delete(own);
      const isOwn = entryOf(own)?.dtype === wanted;
      const bytes = isOwn
        ? await found.file.readBytes(found.name)
        : new Uint8Array((await found.file.read(found.name)).buffer);
      const shape = entryOf(own)?.shape ?? [];
      parts.push(turned ? transpose(bytes, shape, BYTES_OF[wanted] ?? 4) : bytes);
    }
    return {
      dtype: wanted,
      bytes: parts.length === 1 ? (parts[0] as Uint8Array) : concatenate(parts),
    };
  };
  return {
    stored,
    dtype,
    readRaw,
    shape(name) {
      const shapes = stored(name).map(({ shape }) => shape);
      const [first] = shapes;
      if (!first || shapes.includes(undefined)) return undefined;
      return shapes.length === 1 ? first : [shapes.length * (first[0] ?? 0), ...first.slice(1)];
    },
    blocks(tower) {
      const prefix = TOWERS[tower][layout];
      const indices = [...located.keys()]
        .filter((name) => name.startsWith(prefix))
        .map((name) => Number.parseInt(name.slice(prefix.length), 10));
      return Math.max(-1, ...indices.filter(Number.isInteger)) + 1;
    },
    async read(name) {
      const { dtype: format, bytes } = await readRaw(name);
      const values = widen(bytes as Uint8Array<ArrayBuffer>, format);
      if (values) return values;
      throw new FaptError(
        'dtype-unsupported',
        `${basename(path)} holds "${name}" as ${format}, which is not supported: convert the file to F32, F16 or BF16.`,
      );
    },
    unread: () => [...unread],
  };
}

function missing(path: string, name: string): FaptError {
  return new FaptError(
    'tensor-missing',
    `${path} lacks the tensor "${name}": the file is incomplete or not a CLIP.`,
  );
}

function concatenate(arrays: Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(arrays.reduce((n, a) => n + a.length, 0));
  let position = 0;
  for (const array of arrays) {
    joined.set(array, position);
    position += array.length;
  }
  return joined;
}

/** [rows, columns] of numbers of `width` bytes, turned. */
function transpose(
  bytes: Uint8Array,
  [rows = 1, columns = 1]: number[],
  width: number,
): Uint8Array {
  const turned = new Uint8Array(bytes.length);
  for (let r = 0; r < rows; r += 1) {
    for (let c = 0; c < columns; c += 1) {
      const from = (r * columns + c) * width;
      turned.set(bytes.subarray(from, from + width), (c * rows + r) * width);
    }
  }
  return turned;
}
