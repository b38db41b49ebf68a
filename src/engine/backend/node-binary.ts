import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { FaptError } from '../../shared/errors.ts';

const oldestMajor = 24;

/**
 * The Node binary that runs the engine, by its explicit path: this process's own where it is Node
 * 24 or newer, else the one of the `node` package (a checkout), else the packaged application's
 * resource. Electron's binary is never used: its V8 cannot share memory with TensorFlow's.
 * @throws FaptError `node-missing`
 */
export function nodeBinary(): string {
  if (!process.versions.electron && majorOf(process.versions.node) >= oldestMajor) {
    return process.execPath;
  }
  const found = [packageBinary(), resourceBinary()].find((path) => path && existsSync(path));
  if (found) return found;
  throw new FaptError(
    'node-missing',
    `No Node ${oldestMajor} binary was found for the engine; run "npm ci" in the project's folder`,
  );
}

const executable = process.platform === 'win32' ? 'node.exe' : 'node';

function packageBinary(): string | null {
  try {
    const manifest = createRequire(import.meta.url).resolve('node/package.json');
    return join(dirname(manifest), 'bin', executable);
  } catch {
    // Not a checkout: a packaged application brings the binary as a resource instead.
    return null;
  }
}

function resourceBinary(): string | null {
  const folder = (process as { resourcesPath?: string }).resourcesPath;
  return folder ? join(folder, 'node', executable) : null;
}

const majorOf = (version: string) => Number(version.split('.')[0]);
