/**
 * Sets the engine's native library up: `npm run setup:engine [-- --cuda | --cpu]`. After an
 * installation npm calls it with `--from-install`, where a failure must not fail the
 * installation, since the engine also runs without (more slowly) and tries again at first use.
 */
import { parseArgs } from 'node:util';
import { ensureEngineLibrary } from '../src/engine/backend/library/ensure-engine-library.ts';
import { messageOf } from '../src/shared/errors.ts';

const { values } = parseArgs({
  options: {
    cuda: { type: 'boolean', default: false },
    cpu: { type: 'boolean', default: false },
    'from-install': { type: 'boolean', default: false },
  },
});

const log = (sentence: string) => process.stderr.write(`${sentence}.\n`);
const chosen = values.cuda ? 'cuda' : values.cpu ? 'cpu' : null;

try {
  const laid = await ensureEngineLibrary({
    ...(chosen ? { variant: chosen } : {}),
    thorough: true,
    log,
  });
  log(`TensorFlow ${laid.version} (${laid.variant}) is in place`);
} catch (error) {
  log(messageOf(error));
  if (!values['from-install']) process.exitCode = 1;
}
