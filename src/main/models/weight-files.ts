import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { FaptError } from '../../shared/errors.ts';
import { sha256OfFile, sha256OfLines } from '../workspace/hash.ts';

/** What identifies a model's weights on disk. */
export type WeightFingerprint = { sha256: string; sizeBytes: number };

/** Made-up weights of a known shape, for timing only: no file stands behind them. */
const RANDOM_PREFIX = 'random:';

/**
 * The weight files of a model: the file itself, or every safetensors file of a folder, by name.
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
  const names = (await readdir(path)).filter((name) => name.endsWith('.safetensors')).sort();
  if (names.length > 0) return names.map((name) => join(path, name));
  throw new FaptError(
    'weights-missing',
    `The folder ${path} holds no .safetensors file: give a Hugging Face CLIP folder or a safetensors file.`,
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
