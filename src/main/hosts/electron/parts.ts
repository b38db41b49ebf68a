import { join } from 'node:path';

/** Where the built parts of the application lie. */
export type BuiltParts = {
  preload: string;
  page: string;
  /** The engine's entry: a built one in a package, the sources in a checkout. */
  engineEntry: string;
  /** The bundled model and datasets. */
  resources: string;
};

/**
 * @param folder of the running main script: `out/main`
 * @param packaged where a package keeps what lies beside its archive; null in a checkout
 */
export function builtParts(folder: string, packaged: string | null): BuiltParts {
  // What a plain Node runs cannot lie inside an archive.
  const outside = folder.replace('app.asar', 'app.asar.unpacked');
  const built = join(outside, '../engine/process.js');
  const source = join(folder, '../../src/engine/process.ts');
  return {
    preload: join(folder, '../preload/index.cjs'),
    page: join(folder, '../renderer/index.html'),
    engineEntry: packaged === null ? source : built,
    resources: packaged === null ? join(folder, '../../resources') : join(packaged, 'resources'),
  };
}
