import type { FileHandle } from 'node:fs/promises';
import { basename } from 'node:path';
import { crc32 } from 'node:zlib';
import { type Entry, fromFdPromise, type ZipFile } from 'yauzl';
import { messageOf } from '../../shared/errors.ts';
import { storageOf } from './pickle-globals.ts';
import { damaged, readRange, type TensorTable } from './tensor-file.ts';
import { inOrder, spanOf, type TorchEntry, torchTensors, widthOf } from './torch-tensors.ts';
import { LONGEST_PICKLE, unpickle } from './unpickle.ts';

const KIND = 'PyTorch';
/** One entry a tensor: a large model with its optimizer has some thousands. */
const MOST_ENTRIES = 50_000;

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
  const archive = await openDirectory(file, path, size);
  const pickle = [...archive.entries.keys()].find((name) => /(^|\/)data\.pkl$/.test(name));
  if (pickle === undefined) throw broken('the archive holds no data.pkl, so no tensors');
  const root = pickle.slice(0, -'data.pkl'.length);
  const order = archive.entries.get(`${root}byteorder`);
  if (order && Buffer.from(await archive.read(order)).toString() !== 'little') {
    throw broken('it was written on a big-endian machine, which is not supported');
  }
  const table = archive.entries.get(pickle) as Entry;
  if (table.uncompressedSize > LONGEST_PICKLE) {
    throw broken(`its table of tensors claims ${table.uncompressedSize} bytes`);
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
    if (entry.uncompressedSize < storage.count * widthOf(storage)) {
      throw broken(`the numbers of storage ${storage.key} are cut off`);
    }
    return storage;
  });
  return {
    format: 'torch',
    ...torchTensors(value, path),
    async bytes(view) {
      const entry = archive.entries.get(`${root}data/${view.storage.key}`) as Entry;
      const { begin, length } = spanOf(view);
      return inOrder(await archive.read(entry, begin, length), view);
    },
  };
}

type Directory = {
  entries: Map<string, Entry>;
  position(entry: Entry): Promise<number>;
  /** Bytes of an entry; its checksum is compared where all of them are read. */
  read(entry: Entry, begin?: number, length?: number): Promise<Uint8Array<ArrayBuffer>>;
};

async function openDirectory(file: FileHandle, path: string, size: number): Promise<Directory> {
  const broken = (why: string, position?: number) => damaged(path, why, { kind: KIND, position });
  const entries = new Map<string, Entry>();
  let zip: ZipFile;
  try {
    zip = await fromFdPromise(file.fd, { lazyEntries: true, autoClose: false });
    if (zip.entryCount > MOST_ENTRIES) throw new Error(`it claims ${zip.entryCount} entries`);
    for await (const entry of zip.eachEntry()) entries.set(entry.fileName, entry);
  } catch (cause) {
    throw broken(
      `its directory, at the end of the file, cannot be read (${messageOf(cause)})`,
      size,
    );
  }
  const position = async (entry: Entry) => {
    const at = entry.relativeOffsetOfLocalHeader;
    if (entry.compressionMethod !== 0 || entry.isEncrypted()) {
      throw broken(`"${entry.fileName}" is compressed or encrypted, which PyTorch never does`, at);
    }
    try {
      return (await zip.readLocalFileHeaderPromise(entry, { minimal: true })).fileDataStart;
    } catch (cause) {
      throw broken(`"${entry.fileName}" is not where its directory says (${messageOf(cause)})`, at);
    }
  };
  return {
    entries,
    position,
    async read(entry, begin = 0, length = entry.uncompressedSize) {
      const start = await position(entry);
      const bytes = await readRange(file, path, start + begin, length, KIND);
      const isWhole = begin === 0 && length === entry.uncompressedSize;
      if (isWhole && crc32(bytes) !== entry.crc32) {
        throw broken(`the checksum of "${entry.fileName}" is wrong`, start);
      }
      return bytes;
    },
  };
}
