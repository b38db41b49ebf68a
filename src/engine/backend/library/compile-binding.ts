import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { FaptError } from '../../../shared/errors.ts';
import { ccLibrary, frameworkLibrary, tensorflowVersion } from './library-spec.ts';
import { nativePackage, packageFolder } from './native-package.ts';
import { lastLine, runCommand } from './run-command.ts';
import { firstBrokenFile, matchesStamp, sealFolder } from './sealed-folder.ts';

export const bindingFile = 'tfjs_binding.node';

const flags = [
  ...['-std=c++17', '-O2', '-fPIC', '-shared', '-DNAPI_VERSION=8'],
  '-Wl,-rpath,$ORIGIN/../../deps/lib',
];

/**
 * Compiles the binding against the library in `library`, or takes the one compiled before from the
 * cache. The cache's key is the checksum of the sources, the flags and the library's version.
 * Returns the sealed folder that holds `bindingFile`.
 * @throws FaptError `compiler-missing`, `compile-failed`
 */
export async function compiledBinding(
  library: string,
  cache: string,
  log: (sentence: string) => void,
): Promise<string> {
  const folder = join(cache, `binding-${await bindingKey()}`);
  if ((await matchesStamp(folder)) || (await firstBrokenFile(folder)) === null) return folder;
  log('Compiling the binding between Node and TensorFlow (about 10 seconds)');
  await mkdir(cache, { recursive: true });
  const draft = await mkdtemp(join(cache, 'draft-'));
  try {
    await compile(library, join(draft, bindingFile));
    await sealFolder(draft, folder);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  return folder;
}

async function compile(library: string, output: string): Promise<void> {
  const compiler = await findCompiler();
  const { sources } = nativePackage();
  const result = await runCommand(compiler, [
    ...flags,
    ...['-I', join(packageFolder('node-api-headers'), 'include')],
    ...['-I', join(library, 'tensorflow', 'include')],
    ...(await sourceFiles()).filter((f) => f.endsWith('.cc')).map((f) => join(sources, f)),
    ...['-L', join(library, 'tensorflow')],
    ...[`-l:${ccLibrary}`, `-l:${frameworkLibrary}`, '-o', output],
  ]);
  if (result.code === 0) return;
  throw new FaptError(
    'compile-failed',
    `${compiler} could not compile the TensorFlow binding (${lastLine(result.stderr)}); ` +
      'install g++ 9 or newer and run "npm run setup:engine"',
  );
}

async function findCompiler(): Promise<string> {
  const wanted = process.env.CXX ? [process.env.CXX] : ['g++', 'c++', 'clang++'];
  for (const compiler of wanted) {
    if ((await runCommand(compiler, ['--version'])).code === 0) return compiler;
  }
  throw new FaptError(
    'compiler-missing',
    `No C++ compiler (${wanted.join(', ')}) was found to build the TensorFlow binding; install ` +
      'one (Debian and Ubuntu: apt-get install g++), then run "npm run setup:engine"',
  );
}

async function bindingKey(): Promise<string> {
  const { sources } = nativePackage();
  const hash = createHash('sha256').update(`${tensorflowVersion} ${flags.join(' ')}`);
  for (const file of await sourceFiles()) {
    hash.update(file).update(await readFile(join(sources, file)));
  }
  return hash.digest('hex').slice(0, 16);
}

async function sourceFiles(): Promise<string[]> {
  return (await readdir(nativePackage().sources)).filter((f) => /\.(cc|h)$/.test(f)).sort();
}
