import { readSafetensors } from './safetensors.ts';
import { openWith, type TensorEntry, type TensorFile } from './tensor-file.ts';
import { readTorchArchive } from './torch-archive.ts';
import { readTorchLegacy } from './torch-legacy.ts';

/** "PK" and the signature of a local file, which begins every archive of `torch.save`. */
const ARCHIVE = 0x04034b50;
/** PROTO 2, then LONG1 of ten bytes: the magic number that began `torch.save`'s files before 1.6. */
const LEGACY = 0x0a8a0280;

/**
 * Opens a safetensors file or a PyTorch file (archive, TorchScript or the older format), told apart by
 * their first bytes; the whole table of tensors is checked before any is read. No code of a PyTorch
 * file is run.
 *
 * @throws FaptError `weights-missing`, `weights-damaged`, `pickle-refused`
 */
export async function openTensorFile(path: string): Promise<TensorFile> {
  return openWith<TensorEntry>(path, async (file, size) => {
    const start = Buffer.alloc(4);
    await file.read(start, 0, 4, 0);
    const signature = start.readUInt32LE();
    if (signature === ARCHIVE) return readTorchArchive(file, path, size);
    if (signature === LEGACY) return readTorchLegacy(file, path, size);
    return readSafetensors(file, path, size);
  });
}
