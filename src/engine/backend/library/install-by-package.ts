import { FaptError } from '../../../shared/errors.ts';
import type { LaidLibrary } from './lay-library.ts';
import { bindingStamp, writeRecord } from './lay-library.ts';
import type { LibraryVariant } from './library-spec.ts';
import { nativePackage } from './native-package.ts';
import { lastLine, runCommand } from './run-command.ts';

/** The TensorFlow that tfjs's own installer brings. */
const installerVersion = '2.9.1';

/**
 * Windows, macOS and other processors: tfjs's own installer fetches its older library. Where that
 * fails too, the engine runs on WebAssembly.
 * @throws FaptError `install-failed`
 */
export async function installByPackage(
  variant: LibraryVariant,
  log: (sentence: string) => void,
): Promise<LaidLibrary> {
  const platform = `${process.platform}-${process.arch}`;
  log(
    `On ${platform} the TensorFlow library comes from tfjs's own installer ` +
      `(TensorFlow ${installerVersion}); where it cannot be had, the engine runs on WebAssembly`,
  );
  const type = variant === 'cuda' ? 'gpu' : 'cpu';
  const result = await runCommand(process.execPath, ['scripts/install.js', type, 'download'], {
    cwd: nativePackage().folder,
    timeoutMs: 15 * 60_000,
  });
  const binding = await bindingStamp().catch(() => null);
  if (result.code === 0 && binding) {
    const seal = `${installerVersion}-${binding.sizeBytes}-${binding.modifiedMs}`;
    return writeRecord({ version: installerVersion, variant, folder: null, seal, binding });
  }
  throw new FaptError(
    'install-failed',
    `tfjs's own installer brought no TensorFlow library for ${platform} ` +
      `(${lastLine(result.stderr)}); the engine runs on WebAssembly until "npm run setup:engine" ` +
      'succeeds',
  );
}
