import {
  copyFile,
  lstat,
  mkdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { bindingFile } from './compile-binding.ts';
import type { LibraryVariant } from './library-spec.ts';
import { ccLibrary, frameworkLibrary } from './library-spec.ts';
import { nativePackage } from './native-package.ts';
import { matchesStamp, sealOf } from './sealed-folder.ts';

/** What lies in tfjs's native package: which library, where its bytes are, and their seal. */
export type LaidLibrary = {
  version: string;
  variant: LibraryVariant;
  /** The cached library that the links point at; null where the package's installer laid it. */
  folder: string | null;
  seal: string;
  binding: { sizeBytes: number; modifiedMs: number };
};

/** Every name under which the binding, TensorFlow or a person may look for the two libraries. */
const linkNames: Record<string, string> = {
  [ccLibrary]: ccLibrary,
  'libtensorflow.so': ccLibrary,
  'libtensorflow.so.2': ccLibrary,
  [frameworkLibrary]: frameworkLibrary,
  'libtensorflow_framework.so': frameworkLibrary,
};

/**
 * Lays links to the library and a copy of the binding into the native package. Each is put in its
 * place by a rename, so an engine that starts meanwhile sees the old one or the new one.
 */
export async function layLibrary(
  version: string,
  variant: LibraryVariant,
  library: string,
  bindingFolder: string,
): Promise<LaidLibrary> {
  const target = nativePackage();
  await rm(target.record, { force: true });
  for (const [name, file] of Object.entries(linkNames)) {
    await layLink(join(library, 'tensorflow', file), join(target.libraries, name));
  }
  if (variant === 'cuda') await layLink(join(library, 'nvidia'), target.nvidia);
  else await rm(target.nvidia, { recursive: true, force: true });
  await mkdir(dirname(target.binding), { recursive: true });
  await copyFile(join(bindingFolder, bindingFile), `${target.binding}.new`);
  await rename(`${target.binding}.new`, target.binding);
  const seal = `${await sealOf(library)}-${await sealOf(bindingFolder)}`;
  return writeRecord({ version, variant, folder: library, seal, binding: await bindingStamp() });
}

/** Null where nothing was laid, or what was laid is no longer what the record says. */
export async function laidLibrary(): Promise<LaidLibrary | null> {
  const target = nativePackage();
  let laid: LaidLibrary;
  try {
    laid = JSON.parse(await readFile(target.record, 'utf8')) as LaidLibrary;
    const { sizeBytes, modifiedMs } = await bindingStamp();
    if (laid.binding.sizeBytes !== sizeBytes || laid.binding.modifiedMs !== modifiedMs) return null;
    if (laid.folder === null) return laid;
    for (const name of Object.keys(linkNames)) await stat(join(target.libraries, name));
  } catch {
    // No record, no binding or a dead link: the set-up lays them anew.
    return null;
  }
  return (await matchesStamp(laid.folder)) ? laid : null;
}

export async function writeRecord(laid: LaidLibrary): Promise<LaidLibrary> {
  const { record } = nativePackage();
  await mkdir(dirname(record), { recursive: true });
  await writeFile(`${record}.new`, `${JSON.stringify(laid, null, 2)}\n`);
  await rename(`${record}.new`, record);
  return laid;
}

/** @throws where there is no binding */
export async function bindingStamp(): Promise<LaidLibrary['binding']> {
  const { size, mtimeMs } = await stat(nativePackage().binding);
  return { sizeBytes: size, modifiedMs: Math.floor(mtimeMs) };
}

async function layLink(to: string, at: string): Promise<void> {
  await mkdir(dirname(at), { recursive: true });
  const found = await lstat(at).catch(() => null);
  if (found?.isDirectory()) await rm(at, { recursive: true });
  await rm(`${at}.new`, { force: true });
  await symlink(to, `${at}.new`);
  await rename(`${at}.new`, at);
}
