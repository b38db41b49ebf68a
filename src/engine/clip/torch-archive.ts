import type { FileHandle } from 'node:fs/promises';
import { basename } from 'node:path';
import { crc32 } from 'node:zlib';
import { storageOf } from './pickle-globals.ts';
import { damaged, readRange, type TensorTable } from './tensor-file.ts';
import { inOrder, spanOf, type TorchEntry, torchTensors, widthOf } from './torch-tensors.ts';
import { LONGEST_PICKLE, unpickle } from './unpickle.ts';
import { readZipDirectory, startOfEntry, type ZipEntry } from './zip-directory.ts';

const KIND = 'PyTorch';

/**
 * The tensors of an archive of `torch.save` (since PyTorch 1.6) or of TorchScript, such as OpenAI's own
 * files. Numbers lie in it uncompressed, so a tensor is read in place.
 *
 * @throws FaptError `weights-damaged`, `pickle-refused`
 */
export async function readTorchArchive(
  file: FileHandle,
  path: string,
  size: number,
): Promise<TensorTable<TorchEntry>> {
  const broken = (why: string, position?: number) => damaged(path, why, { kind: KIND, position });
  const archive = await openArchive(file, path, size);
  const pickle = [...archive.entries.keys()].find((name) => /(^|\/)data\.pkl$/.test(name));
  if (pickle === undefined) throw broken('the archive holds no data.pkl, so no tensors');
  const root = pickle.slice(0, -'data.pkl'.length);
  const order = archive.entries.get(`${root}byteorder`);
  if (order && Buffer.from(await archive.read(order)).toString() !== 'little') {
    throw broken('it was written on a big-endian machine, which is not supported');
  }
  const table = archive.entries.get(pickle) as ZipEntry;
  if (table.sizeBytes > LONGEST_PICKLE) {
    throw broken(`its table of tensors claims ${table.sizeBytes} bytes`);
  }
  const source = {
    bytes: Buffer.from(await archive.read(table)),
    label: basename(path),
    position: await archive.position(table),
  };
  const { value } = unpickle(source, (id) => {
    const storage = storageOf(id);
    const entry = storage && archive.entries.get(`${root}data/${storage.key}`);
    if (!entry) throw broken('its table names tensors that are not in the archive');
    if (entry.sizeBytes < storage.count * widthOf(storage)) {
      throw broken(`the numbers of storage ${storage.key} are cut off`);
    }
    return storage;
  });
  return {
    format: 'torch',
    ...torchTensors(value, path),
    async bytes(view) {
      const entry = archive.entries.get(`${root}data/${view.storage.key}`) as ZipEntry;
      const { begin, length } = spanOf(view);
      return inOrder(await archive.read(entry, begin, length), view);
    },
  };
}

type Archive = {
  entries: Map<string, ZipEntry>;
  position(entry: ZipEntry): Promise<number>;
  /** Bytes of an entry; its checksum is compared where all of them are read. */
  read(entry: ZipEntry, begin?: number, length?: number): Promise<Uint8Array<ArrayBuffer>>;
};

async function openArchive(file: FileHandle, path: string, size: number): Promise<Archive> {
  const position = async (entry: ZipEntry) => {
    if (entry.method === 0 && !entry.encrypted) return startOfEntry(file, path, entry);
    const why = `"${entry.name}" is compressed or encrypted, which PyTorch never does`;
    throw damaged(path, why, { kind: KIND, position: entry.offset });
  };
  return {
    entries: await readZipDirectory(file, path, size),
    position,
    async read(entry, begin = 0, length = entry.sizeBytes) {
      const start = await position(entry);
      if (start + entry.sizeBytes > size) {
        throw damaged(path, `"${entry.name}" is cut off`, { kind: KIND, position: size });
      }
      const bytes = await readRange(file, path, start + begin, length, KIND);
      if (length === entry.sizeBytes && crc32(bytes) !== entry.crc32) {
        const why = `the checksum of "${entry.name}" is wrong`;
        throw damaged(path, why, { kind: KIND, position: start });
      }
      return bytes;
    },
  };
}
