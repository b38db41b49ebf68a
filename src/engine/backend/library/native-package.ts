import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { FaptError } from '../../../shared/errors.ts';

/** The places inside tfjs's native package that the set-up fills. */
export type NativePackage = {
  folder: string;
  /** C++ sources of the binding between Node and TensorFlow's C API. */
  sources: string;
  /** Where the binding looks for the library: its rpath is `$ORIGIN/../../deps/lib`. */
  libraries: string;
  /** NVIDIA's libraries, where TensorFlow's own rpath looks for them: `$ORIGIN/../nvidia`. */
  nvidia: string;
  binding: string;
  /** What was laid there, written last. */
  record: string;
};

/** Finds the package by module resolution, so that it may be hoisted anywhere. */
export function nativePackage(): NativePackage {
  const folder = packageFolder('@tensorflow/tfjs-node-gpu');
  return {
    folder,
    sources: join(folder, 'binding'),
    libraries: join(folder, 'deps', 'lib'),
    nvidia: join(folder, 'deps', 'nvidia'),
    binding: join(folder, 'lib', 'napi-v8', 'tfjs_binding.node'),
    record: join(folder, 'deps', 'fapt-engine.json'),
  };
}

/** @throws FaptError `package-missing` */
export function packageFolder(name: string): string {
  try {
    return dirname(createRequire(import.meta.url).resolve(`${name}/package.json`));
  } catch (cause) {
    throw new FaptError(
      'package-missing',
      `The package ${name} is not installed; run "npm ci" in the project's folder`,
      { cause },
    );
  }
}
