import { randomBytes } from 'node:crypto';
import {
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import { sha256OfBytes } from '../workspace/hash.ts';

/** What all results together may take; the least recently used make room. */
const LIMIT_BYTES = 512 * 2 ** 20;
/** Goes up whenever what a result holds, or how it is made, changes: older ones are then never found. */
const FORMAT = 1;
/** What is used now is never taken away. */
const SPARED_MS = 60_000;

/**
 * Results that can be made again, in the workspace's folder `cache`, each under the SHA-256 of all
 * that went into it, so that none is ever out of date. The folder may be deleted at any time.
 */
export class ResultCache {
  readonly #folder: string;
  readonly #limit: number;

  constructor(workspace: { folder: string }, limitBytes = LIMIT_BYTES) {
    this.#folder = join(workspace.folder, 'cache');
    this.#limit = limitBytes;
  }

  /** Names a result by what goes into it: anything JSON can tell apart. */
  static key(...parts: unknown[]): string {
    return sha256OfBytes(JSON.stringify([FORMAT, ...parts]));
  }

  /** Where a result lies or would lie. @param name a key, with an ending where one result has several files */
  file(name: string): string {
    return join(this.#folder, name.slice(0, 2), name);
  }

  /** Whether all of these are there; they count as used now. */
  async has(...names: string[]): Promise<boolean> {
    const now = new Date();
    const there = await Promise.all(
      names.map((name) =>
        utimes(this.file(name), now, now).then(
          () => true,
          () => false,
        ),
      ),
    );
    return there.every(Boolean);
  }

  /** A value written by `write`; null where there is none, or none that can be read. */
  async read<T>(name: string): Promise<T | null> {
    if (!(await this.has(name))) return null;
    try {
      return deserialize(await readFile(this.file(name))) as T;
    } catch {
      // Damaged or just taken away: it is made again.
      return null;
    }
  }

  async write(name: string, value: unknown): Promise<void> {
    await this.writeBytes(name, serialize(value));
  }

  async writeBytes(name: string, bytes: Uint8Array): Promise<void> {
    const file = this.file(name);
    const partial = `${file}.${randomBytes(6).toString('hex')}.part`;
    await mkdir(dirname(file), { recursive: true });
    try {
      await writeFile(partial, bytes);
      await rename(partial, file);
    } finally {
      await rm(partial, { force: true });
    }
    await this.trim();
  }

  /** The value of a key, made and kept where it is not there yet. */
  async remember<T>(name: string, make: () => Promise<T>): Promise<{ value: T; cached: boolean }> {
    const known = await this.read<T>(name);
    if (known !== null) return { value: known, cached: true };
    const value = await make();
    await this.write(name, value);
    return { value, cached: false };
  }

  /** A part of a result's file. */
  async readPart(name: string, offset: number, length: number): Promise<Uint8Array> {
    const file = await open(this.file(name));
    try {
      const { bytesRead, buffer } = await file.read(new Uint8Array(length), 0, length, offset);
      if (bytesRead === length) return buffer;
      throw new RangeError(`${name} ends before ${offset + length}`);
    } finally {
      await file.close();
    }
  }

  /** Deletes the least recently used until the limit is kept. */
  async trim(): Promise<void> {
    const entries = await readdir(this.#folder, { recursive: true, withFileTypes: true });
    const files = await Promise.all(
      entries
        .filter((entry) => entry.isFile())
        .map(async ({ parentPath, name }) => {
          const path = join(parentPath, name);
          // One that another process just took away has no size.
          const found = await stat(path).catch(() => null);
          return { path, size: found?.size ?? 0, usedAt: found?.mtimeMs ?? 0 };
        }),
    );
    let total = files.reduce((sum, { size }) => sum + size, 0);
    for (const { path, size, usedAt } of files.sort((a, b) => a.usedAt - b.usedAt)) {
      if (total <= this.#limit || Date.now() - usedAt < SPARED_MS) break;
      await rm(path, { force: true });
      total -= size;
    }
  }
}
