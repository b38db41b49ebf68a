import type { FileHandle } from 'node:fs/promises';
import { basename } from 'node:path';
import { type Storage, storageOf } from './pickle-globals.ts';
import { damaged, readRange, type TensorTable } from './tensor-file.ts';
import { inOrder, spanOf, type TorchEntry, torchTensors, widthOf } from './torch-tensors.ts';
import { LONGEST_PICKLE, unpickle } from './unpickle.ts';

const KIND = 'PyTorch';
const MAGIC = 0x1950a86a20f9469cfc6cn;
const PROTOCOL = 1001;

/**
 * The tensors of a file of `torch.save` before PyTorch 1.6: five pickles (magic number, protocol, system,
 * the object, the storages' keys), then each storage's count and numbers.
 *
 * @throws FaptError `weights-damaged`, `pickle-refused`
 */
export async function readTorchLegacy(
  file: FileHandle,
  path: string,
  size: number,
): Promise<TensorTable<TorchEntry>> {
  const head = await readRange(file, path, 0, Math.min(size, LONGEST_PICKLE), KIND);
  const { root, keys, storages, end } = readPickles(Buffer.from(head.buffer), path);
  const starts = await locateStorages(file, path, size, end, keys, storages);
  return {
    format: 'torch',
    ...torchTensors(root, path),
    async bytes(view, name) {
      const start = starts.get(view.storage.key);
      if (start === undefined)
        throw damaged(path, `the numbers of "${name}" are missing`, { kind: KIND });
      const { begin, length } = spanOf(view);
      return inOrder(await readRange(file, path, start + begin, length, KIND), view);
    },
  };
}

function readPickles(bytes: Buffer, path: string) {
  const broken = (why: string) => damaged(path, why, { kind: KIND, position });
  const storages = new Map<string, Storage>();
  let position = 0;
  const next = () => {
    const source = { bytes: bytes.subarray(position), label: basename(path), position };
    const { value, length } = unpickle(source, (id) => {
      const storage = storageOf(id);
      if (!storage) throw broken('its table names a storage in a way that makes no sense');
      storages.set(storage.key, storage);
      return storage;
    });
    position += length;
    return value;
  };
  const [magic, protocol, system] = [next(), next(), next()];
  if (magic !== MAGIC || protocol !== PROTOCOL) throw broken('its magic number is wrong');
  if (system instanceof Map && system.get('little_endian') === false) {
    throw broken('it was written on a big-endian machine, which is not supported');
  }
  const root = next();
  const keys = next();
  if (!Array.isArray(keys)) throw broken('its list of storages makes no sense');
  return { root, keys, storages, end: position };
}

/** Where the numbers of each storage begin. */
async function locateStorages(
  file: FileHandle,
  path: string,
  size: number,
  end: number,
  keys: unknown[],
  storages: Map<string, Storage>,
): Promise<Map<string, number>> {
  const starts = new Map<string, number>();
  let position = end;
  for (const key of keys) {
    const storage = storages.get(String(key));
    const broken = (why: string) => damaged(path, why, { kind: KIND, position });
    if (!storage) throw broken('its list of storages names one that no tensor uses');
    const count = Buffer.from(await readRange(file, path, position, 8, KIND)).readBigInt64LE();
    if (count !== BigInt(storage.count)) {
      throw broken(
        `storage ${storage.key} has ${count} numbers where its table says ${storage.count}`,
      );
    }
    starts.set(storage.key, position + 8);
    position += 8 + storage.count * widthOf(storage);
    if (position > size)
      throw damaged(path, `it should go on to byte ${position}`, { kind: KIND, position: size });
  }
  return starts;
}
