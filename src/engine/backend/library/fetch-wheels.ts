import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FaptError } from '../../../shared/errors.ts';
import type { LibrarySpec } from './library-spec.ts';
import { keptEntries } from './library-spec.ts';
import { lastLine, runCommand } from './run-command.ts';

const pipRemedy =
  'install it (Debian and Ubuntu: apt-get install python3 python3-pip), then run ' +
  '"npm run setup:engine"';

/**
 * Downloads the wheels of `spec` into `folder` with pip, which checks each against its pinned
 * SHA-256. The wheels are only read, never installed, so any Python with pip will do.
 * @throws FaptError `pip-missing`, `fetch-failed`
 */
export async function fetchWheels(spec: LibrarySpec, folder: string): Promise<void> {
  const python = await pythonWithPip();
  const requirements = join(folder, 'requirements.txt');
  const lines = spec.wheels.map((w) => `${w.requirement} --hash=sha256:${w.sha256}`);
  await writeFile(requirements, `${lines.join('\n')}\n`);
  const result = await runCommand(python, [
    ...['-m', 'pip', 'download', '--quiet', '--disable-pip-version-check', '--no-cache-dir'],
    ...['--no-input', '--retries', '2', '--timeout', '30'],
    ...['--no-deps', '--only-binary=:all:', '--python-version', '3.11'],
    // pip expands no alias of a platform by itself; NVIDIA tags some wheels with older names.
    ...['--platform', 'manylinux_2_17_x86_64', '--platform', 'manylinux2014_x86_64'],
    ...['--platform', 'manylinux1_x86_64', '--require-hashes', '--dest', folder],
    ...['--requirement', requirements],
  ]);
  if (result.code === 0) return;
  throw new FaptError(
    'fetch-failed',
    `pip could not download TensorFlow ${spec.version} (${lastLine(result.stderr)}); check the ` +
      'network connection and run "npm run setup:engine"',
  );
}

/** Takes what the engine needs out of every wheel in `wheels` and lays it under `target`. */
export async function unpackWheels(wheels: string, target: string): Promise<void> {
  const script = [
    'import glob, os, re, sys, zipfile',
    'folder, target, kept = sys.argv[1:]',
    'for wheel in glob.glob(folder + "/*.whl"):',
    '    with zipfile.ZipFile(wheel) as archive:',
    '        for entry in archive.infolist():',
    '            if re.fullmatch(kept, entry.filename) and not entry.is_dir():',
    '                path = archive.extract(entry, target)',
    '                os.chmod(path, (entry.external_attr >> 16) & 0o777 or 0o644)',
  ].join('\n');
  const python = await pythonWithPip();
  const result = await runCommand(python, ['-c', script, wheels, target, keptEntries]);
  if (result.code === 0) return;
  throw new FaptError(
    'unpack-failed',
    `The downloaded TensorFlow library could not be unpacked to ${target} ` +
      `(${lastLine(result.stderr)}); check the free disk space and run "npm run setup:engine"`,
  );
}

async function pythonWithPip(): Promise<string> {
  for (const python of ['python3', 'python']) {
    const result = await runCommand(python, ['-m', 'pip', '--version']);
    if (result.code === 0) return python;
  }
  throw new FaptError(
    'pip-missing',
    `Python 3 with pip, which fetches the TensorFlow library, was not found; ${pipRemedy}`,
  );
}
