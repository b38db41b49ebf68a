import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { FaptError } from '../../shared/errors.ts';
import { decodeApart } from '../pictures/decode-apart.ts';
import type { Database } from '../store/database.ts';
import type { DatasetRow, SplitName } from '../store/datasets.ts';
import { type ImageRow, imagesByPath } from '../store/images.ts';
import { sha256OfFile } from '../workspace/hash.ts';
import { resolveInside } from '../workspace/paths.ts';
import { turns } from './concurrently.ts';
import { RULE, type Thumbnail } from './thumbnail.ts';

export type WantedThumbnail = { split: SplitName; path: string; size: number };

/** A picture in memory is a hundred megabytes at worst, and sharp draws in threads of its own. */
const DRAWN_AT_ONCE = 4;
/** Some hundred thousand small pictures. */
const MOST_BYTES = 500e6;

/**
 * Small pictures of datasets' images, drawn a few at a time and kept on the disk by the content of the
 * file they show, so that the same picture is drawn once, whatever it is called.
 */
export class Thumbnails {
  readonly #folder: string;
  readonly #turn = turns(DRAWN_AT_ONCE);

  /** @param folder where they are kept: `aa/HASH-SIZE-RULE.webp` */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /**
   * One that nobody waits for any more (its signal is raised before its turn) is not drawn.
   * Throws `examples-unknown`, `image-unreadable`, `image-enormous`, `decoder-died`, and the signal's reason.
   */
  async get(
    db: Database,
    dataset: DatasetRow,
    { split, path, size }: WantedThumbnail,
    signal?: AbortSignal,
  ): Promise<Thumbnail> {
    const image = imagesByPath(db, dataset.id, split, [path]).get(path);
    if (!image) {
      throw new FaptError(
        'examples-unknown',
        `There is no image "${path}" in ${split} of ${dataset.name}.`,
      );
    }
    const file = resolveInside(dataset.imageRoot, image.file ?? path);
    const place = await this.#placeOf(file, image, size);
    const known = place && (await kept(place));
    if (known) return known;
    return this.#turn(async () => {
      signal?.throwIfAborted();
      const { picture: _, ...fresh } = await decodeApart('thumbnail', file, size);
      if (place) await keep(place, fresh.bytes);
      return fresh;
    });
  }

  /** Deletes the oldest until what is kept is small enough again. */
  async prune(most = MOST_BYTES): Promise<void> {
    const names = await readdir(this.#folder, { recursive: true }).catch(() => []);
    const files: { path: string; bytes: number; at: number }[] = [];
    for (const name of names) {
      const path = join(this.#folder, name);
      const info = await stat(path).catch(() => null);
      if (info?.isFile()) files.push({ path, bytes: info.size, at: info.mtimeMs });
    }
    let total = files.reduce((sum, { bytes }) => sum + bytes, 0);
    for (const { path, bytes } of files.sort((a, b) => a.at - b.at)) {
      if (total <= most) return;
      await rm(path, { force: true });
      total -= bytes;
    }
  }

  /** Null where the file is not there: drawing it says so. */
  async #placeOf(file: string, image: ImageRow, size: number): Promise<string | null> {
    const found = await stat(file).catch(() => null);
    if (!found) return null;
    // What was never read, or has another length than it had, is known by its bytes of now.
    const isKnown = image.sha256 !== null && found.size === image.sizeBytes;
    const hash = isKnown ? (image.sha256 as string) : await sha256OfFile(file);
    return join(this.#folder, hash.slice(0, 2), `${hash}-${size}-${RULE}.webp`);
  }
}

async function kept(place: string): Promise<Thumbnail | null> {
  const bytes = await readFile(place).catch(() => null);
  if (!bytes) return null;
  const { width, height } = await sharp(bytes).metadata();
  return { bytes: new Uint8Array(bytes), contentType: 'image/webp', width, height };
}

/** A file appears whole or not at all; one that cannot be kept is drawn again. */
async function keep(place: string, bytes: Uint8Array): Promise<void> {
  const partial = `${place}.${randomBytes(6).toString('hex')}.partial`;
  try {
    await mkdir(dirname(place), { recursive: true });
    await writeFile(partial, bytes);
    await rename(partial, place);
  } catch {
    await rm(partial, { force: true });
  }
}
