import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fetchWheels, unpackWheels } from './fetch-wheels.ts';
import type { LibrarySpec } from './library-spec.ts';
import { firstBrokenFile, matchesStamp, readManifest, sealFolder } from './sealed-folder.ts';

function libraryFolderOf(spec: LibrarySpec, cache: string): string {
  return join(cache, `${spec.version}-${spec.variant}`);
}

/**
 * The cached library, fetched where it is missing and fetched again where it is broken. With
 * `thorough` every byte is checked even where sizes and times agree.
 * @throws FaptError `pip-missing`, `fetch-failed`, `unpack-failed`
 */
export async function libraryFolder(
  spec: LibrarySpec,
  cache: string,
  thorough: boolean,
  log: (sentence: string) => void,
): Promise<string> {
  const folder = libraryFolderOf(spec, cache);
  if (!thorough && (await matchesStamp(folder))) return folder;
  const broken = await firstBrokenFile(folder);
  if (broken === null) return folder;
  const name = `TensorFlow ${spec.version} (${spec.variant}, ${spec.downloadMegabytes} MB)`;
  if (await readManifest(folder)) {
    log(`The cached library in ${folder} is broken (${broken}); fetching ${name} again`);
  } else {
    log(`Fetching ${name} to ${folder}`);
  }
  await fetchLibrary(spec, cache, folder);
  return folder;
}

async function fetchLibrary(spec: LibrarySpec, cache: string, folder: string): Promise<void> {
  await mkdir(cache, { recursive: true });
  const wheels = await mkdtemp(join(cache, 'wheels-'));
  const draft = await mkdtemp(join(cache, 'draft-'));
  try {
    await fetchWheels(spec, wheels);
    await unpackWheels(wheels, draft);
    await sealFolder(draft, folder);
  } finally {
    await rm(wheels, { recursive: true, force: true });
    await rm(draft, { recursive: true, force: true });
  }
}
