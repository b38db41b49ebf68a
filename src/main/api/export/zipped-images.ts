import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { ZipFile } from 'yazl';
import type { TensorFormat } from '../../../shared/api/export.ts';
import { FaptError } from '../../../shared/errors.ts';
import { imageSizeOf } from '../../explain/subject.ts';
import { getRun } from '../../store/runs.ts';
import type { App } from '../app.ts';
import { exportAdversarialImages } from './adversarial-images.ts';
import { headlineOf } from './outcome-tables.ts';

/** What a window takes in one message. */
const MAX_BYTES = 500e6;

/**
 * A run's adversarial images as one zip, for a window, and what rounding leaves of the attack.
 * @throws FaptError `export-too-large`, `not-attacked`, `stopped`
 */
export async function zippedImages(
  app: App,
  runId: string,
  format: TensorFormat,
): Promise<{ bytes: Uint8Array<ArrayBuffer>; sentence: string }> {
  refuseTooMany(app, runId);
  const folder = await mkdtemp(join(tmpdir(), 'fapt-images-'));
  try {
    const report = await exportAdversarialImages(app, runId, { folder, format, subset: null });
    const zip = new ZipFile();
    for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const file = join(entry.parentPath, entry.name);
      zip.addFile(file, file.slice(folder.length + 1).replaceAll('\\', '/'));
    }
    zip.end();
    const bytes = new Uint8Array(await buffer(zip.outputStream as NodeJS.ReadableStream));
    return { bytes, sentence: report.sentence };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function refuseTooMany(app: App, runId: string): void {
  const run = getRun(app.db, runId);
  const bytes = headlineOf(app.db, run).n * 3 * imageSizeOf(app, run) ** 2 * 4;
  if (bytes <= MAX_BYTES) return;
  throw new FaptError(
    'export-too-large',
    `These images take ${(bytes / 1e9).toFixed(1)} GB, too much for one download: use "fapt export images ${run.id} --out DIR", with --subset for a part.`,
  );
}
