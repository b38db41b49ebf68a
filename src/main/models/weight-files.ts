import { open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { FaptError } from '../../shared/errors.ts';
import { sha256OfFile, sha256OfLines } from '../workspace/hash.ts';

/** What identifies a model's weights on disk. */
export type WeightFingerprint = { sha256: string; sizeBytes: number };

/** Made-up weights of a known shape, for timing only: no file stands behind them. */
const RANDOM_PREFIX = 'random:';

/**
 * The weight files of a model: the file itself, or a folder's safetensors files by name, or its
 * pytorch_model.bin where it has none.
 * @throws FaptError `weights-missing`
 */
export async function weightFiles(path: string): Promise<string[]> {
  const found = await stat(path).catch(() => null);
  if (!found) {
    throw new FaptError(
      'weights-missing',
      `There is no model at ${path}: check the path, or add the model again from where it is now.`,
    );
  }
  if (found.isFile()) return [path];
  const all = (await readdir(path)).sort();
  const safe = all.filter((name) => name.endsWith('.safetensors'));
  const names = safe.length > 0 ? safe : all.filter((name) => /^pytorch_model.*\.bin$/.test(name));
  if (names.length > 0) return names.map((name) => join(path, name));
  throw new FaptError(
    'weights-missing',
    `The folder ${path} holds no .safetensors file and no pytorch_model.bin: give a Hugging Face CLIP folder or a safetensors file.`,
  );
}

/**
 * SHA-256 over a model's weight files (of the one file, or of the list of hashes) and their size.
 * @throws FaptError `weights-missing`
 */
export async function fingerprint(path: string): Promise<WeightFingerprint> {
  if (path.startsWith(RANDOM_PREFIX)) return { sha256: sha256OfLines([path]), sizeBytes: 0 };
  const files = await weightFiles(path);
  const hashes: string[] = [];
  let sizeBytes = 0;
  for (const file of files) {
    hashes.push(await sha256OfFile(file));
    sizeBytes += (await stat(file)).size;
  }
  const [first = '', ...others] = hashes;
  return { sha256: others.length === 0 ? first : sha256OfLines(hashes), sizeBytes };
}

/** The first bytes of an archive of `torch.save`, and of its files before PyTorch 1.6. */
const TORCH = [Buffer.from('PK\x03\x04', 'latin1'), Buffer.from('\x80\x02\x8a\x0a', 'latin1')];

/** Those of a model's weight files that PyTorch wrote. @throws FaptError `weights-missing` */
export async function torchFiles(path: string): Promise<string[]> {
  if (path.startsWith(RANDOM_PREFIX)) return [];
  const found: string[] = [];
  for (const file of await weightFiles(path)) {
    const start = await firstBytes(file, 4);
    if (TORCH.some((signature) => signature.equals(start))) found.push(file);
  }
  return found;
}

async function firstBytes(path: string, count: number): Promise<Buffer> {
  const file = await open(path, 'r');
  try {
    const bytes = Buffer.alloc(count);
    await file.read(bytes, 0, count, 0);
    return bytes;
  } finally {
    await file.close();
  }
}
