import { existsSync } from 'node:fs';
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { z } from 'zod';
import type { OpenedBundle } from '../../shared/api-results.ts';
import { FaptError, messageOf } from '../../shared/errors.ts';
import { oneAtATime } from '../../shared/one-at-a-time.ts';
import { runConfigSchema } from '../../shared/run-config.ts';
import { unpackZip } from '../datasets/unpack-zip.ts';
import { listCheckpoints } from '../store/checkpoints.ts';
import { type Database, openDatabase } from '../store/database.ts';
import { all, run as execute, one } from '../store/statement.ts';
import { resolveInside } from '../workspace/paths.ts';
import type { Workspace } from '../workspace/workspace.ts';
import { type Adopted, adoptRows } from './adopt-rows.ts';
import { strangeLayout } from './bundle-layout.ts';
import { BUNDLE_DATABASE } from './bundled-rows.ts';
import { requireReadable } from './require-readable.ts';

/** Two windows may open one file at once: the second finds the run there. */
const opening = oneAtATime();

/** What came in, and what is still wanted, in sentences. */
export function describeOpened({ run, ...adopted }: OpenedBundle): string[] {
  const { datasetsWithoutPictures, modelWithoutWeights } = adopted;
  return [
    `Run ${run} is in the workspace.`,
    ...datasetsWithoutPictures.map(
      (name) =>
        `Its dataset "${name}" was not here: say where its pictures are with "fapt dataset locate".`,
    ),
    ...(modelWithoutWeights === null
      ? []
      : [
          `Its model "${modelWithoutWeights}" was not here: add its weights with "fapt model add".`,
        ]),
  ];
}

/**
 * Brings the run of a bundle into the workspace, as a whole or not at all. Its dataset and its model
 * are those of the workspace with the same hash; where there is none, a row without pictures or
 * weights takes its place until they are located or added.
 * @throws FaptError `file-missing`, `bundle-foreign`, `run-exists`, `database-newer`, `zip-*`
 */
export function openBundle(workspace: Workspace, file: string): Promise<OpenedBundle> {
  return opening(async () => {
    if (!existsSync(file)) {
      throw new FaptError('file-missing', `There is no file ${file}: check the path.`);
    }
    const folder = await mkdtemp(join(tmpdir(), 'fapt-bundle-'));
    try {
      const unpacked = join(folder, 'unpacked');
      await unpackZip(file, unpacked);
      return await takeIn(workspace, unpacked, file);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
}

async function takeIn(workspace: Workspace, folder: string, file: string): Promise<OpenedBundle> {
  const database = join(folder, BUNDLE_DATABASE);
  if (!existsSync(database)) throw foreign(file, `it holds no ${BUNDLE_DATABASE}`);
  const { id, checkpoints } = readRun(database, file);
  refuseKnown(workspace.db, id);
  const target = workspace.runFolder(id);
  try {
    for (const path of checkpoints) {
      await copyFile(resolveInside(folder, path), join(target, basename(path)));
    }
    return { run: id, ...adopt(workspace.db, database, id, file) };
  } catch (error) {
    await rm(target, { recursive: true, force: true });
    throw error;
  }
}

/** The one run of a bundle, whose schema is brought up to date on the way. */
function readRun(database: string, file: string): { id: string; checkpoints: string[] } {
  let db: Database | null = null;
  try {
    const strange = strangeLayout(database);
    if (strange) throw foreign(file, strange);
    db = openDatabase(database);
    const runs = all<{ id: string; config: string }>(db, 'SELECT id, config FROM runs');
    const [only] = runs;
    if (runs.length !== 1 || !only || !/^[a-z0-9]{4,32}$/.test(only.id)) {
      throw foreign(file, `it holds ${runs.length} runs`);
    }
    runConfigSchema.parse(JSON.parse(only.config));
    const checkpoints = listCheckpoints(db, only.id).map(({ path }) => path);
    const outside = checkpoints.find((path) => path !== `runs/${only.id}/${basename(path)}`);
    if (outside) throw foreign(file, `its checkpoint is at "${outside}"`);
    return { id: only.id, checkpoints };
  } catch (error) {
    throw error instanceof FaptError ? error : foreign(file, reasonOf(error), error);
  } finally {
    db?.close();
  }
}

function adopt(db: Database, database: string, id: string, file: string): Adopted {
  execute(db, 'ATTACH DATABASE ? AS bundle', database);
  try {
    return db
      .transaction(() => {
        const adopted = adoptRows(db, id);
        requireReadable(db, id);
        return adopted;
      })
      .immediate();
  } catch (error) {
    throw foreign(file, reasonOf(error), error);
  } finally {
    db.exec('DETACH DATABASE bundle');
  }
}

function refuseKnown(db: Database, id: string): void {
  const known = one<{ deletedAt: number | null }>(
    db,
    'SELECT deleted_at AS deletedAt FROM runs WHERE id = ?',
    id,
  );
  if (!known) return;
  const where = known.deletedAt === null ? 'in this workspace already' : 'in the bin: restore it';
  throw new FaptError('run-exists', `Run ${id} is ${where}.`);
}

function reasonOf(error: unknown): string {
  const issue = error instanceof z.ZodError ? error.issues[0] : undefined;
  return issue ? `its ${issue.path.join('.') || 'content'}: ${issue.message}` : messageOf(error);
}

function foreign(file: string, why: string, cause?: unknown): FaptError {
  return new FaptError(
    'bundle-foreign',
    `${basename(file)} is not a run bundle (${why}): choose a .faptrun file that FAPT Studio wrote.`,
    { cause },
  );
}
