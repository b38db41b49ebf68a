import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';

/**
 * A cached folder with a manifest of its files, written last. A folder without one was never
 * finished; one whose files disagree with it is broken. The full check reads every byte (over
 * 700 MB for the library), so at every start only sizes and times are compared.
 */
export type SealedFile = { path: string; sizeBytes: number; modifiedMs: number; sha256: string };
export type Manifest = { manifestVersion: 1; files: SealedFile[] };

const manifestName = 'manifest.json';

export async function sha256OfFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 22 })) hash.update(chunk);
  return hash.digest('hex');
}

/** Writes the manifest of `draft` and moves it to `target` in one step, replacing what was there. */
export async function sealFolder(draft: string, target: string): Promise<void> {
  const files: SealedFile[] = [];
  for (const path of await filesBelow(draft)) files.push(await describe(draft, path));
  await writeManifest(draft, { manifestVersion: 1, files });
  await rm(target, { recursive: true, force: true });
  await rename(draft, target);
}

/** Null where the folder was never sealed or its manifest cannot be read. */
export async function readManifest(folder: string): Promise<Manifest | null> {
  try {
    const manifest = JSON.parse(await readFile(join(folder, manifestName), 'utf8')) as Manifest;
    return manifest.manifestVersion === 1 && Array.isArray(manifest.files) ? manifest : null;
  } catch {
    // Missing or half-written: both mean that the folder is not sealed.
    return null;
  }
}

/** Whether every file still has the size and time it was sealed with. */
export async function matchesStamp(folder: string): Promise<boolean> {
  const manifest = await readManifest(folder);
  if (!manifest || manifest.files.length === 0) return false;
  for (const file of manifest.files) {
    const found = await stat(join(folder, file.path)).catch(() => null);
    if (found?.size !== file.sizeBytes || Math.floor(found.mtimeMs) !== file.modifiedMs) {
      return false;
    }
  }
  return true;
}

/**
 * Reads every file and compares its checksum. Returns the first path that differs, or null; a
 * sound folder whose times alone changed (a copied cache) gets fresh stamps.
 */
export async function firstBrokenFile(folder: string): Promise<string | null> {
  const manifest = await readManifest(folder);
  if (!manifest || manifest.files.length === 0) return manifestName;
  const files: SealedFile[] = [];
  for (const file of manifest.files) {
    const found = await stat(join(folder, file.path)).catch(() => null);
    if (found?.size !== file.sizeBytes) return file.path;
    const described = await describe(folder, file.path);
    if (described.sha256 !== file.sha256) return file.path;
    files.push(described);
  }
  await writeManifest(folder, { manifestVersion: 1, files });
  return null;
}

/** One short string that changes whenever a sealed folder's content does. */
export async function sealOf(folder: string): Promise<string> {
  const manifest = await readManifest(folder);
  const lines = (manifest?.files ?? []).map((file) => `${file.path} ${file.sha256}`);
  return createHash('sha256').update(lines.join('\n')).digest('hex').slice(0, 16);
}

async function describe(folder: string, path: string): Promise<SealedFile> {
  const full = join(folder, path);
  const { size, mtimeMs } = await stat(full);
  const sha256 = await sha256OfFile(full);
  return { path, sizeBytes: size, modifiedMs: Math.floor(mtimeMs), sha256 };
}

async function writeManifest(folder: string, manifest: Manifest): Promise<void> {
  const path = join(folder, manifestName);
  await writeFile(`${path}.${process.pid}`, `${JSON.stringify(manifest, null, 1)}\n`);
  await rename(`${path}.${process.pid}`, path);
}

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && entry.name !== manifestName)
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort();
}
