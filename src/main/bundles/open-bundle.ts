import { existsSync } from 'node:fs';
import { copyFile, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { OpenedBundle } from '../../shared/api-results.ts';
import { FaptError, messageOf } from '../../shared/errors.ts';
import { runConfigSchema } from '../../shared/run-config.ts';
import { unpackZip } from '../datasets/unpack-zip.ts';
import { listCheckpoints } from '../store/checkpoints.ts';
import { type Database, openDatabase } from '../store/database.ts';
import { newId } from '../store/ids.ts';
import { all, run as execute, one } from '../store/statement.ts';
import { resolveInside } from '../workspace/paths.ts';
import type { Workspace } from '../workspace/workspace.ts';
import { type Adopted, adoptRows } from './adopt-rows.ts';
import { BUNDLE_DATABASE } from './bundled-rows.ts';

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
 * @throws FaptError `bundle-foreign`, `run-exists`, `database-newer`, `zip-*`
 */
export async function openBundle(workspace: Workspace, file: string): Promise<OpenedBundle> {
  const folder = join(workspace.folder, `opening-${newId()}`);
  try {
    await unpackZip(file, folder);
    const database = join(folder, BUNDLE_DATABASE);
    if (!existsSync(database)) throw foreign(file, `it holds no ${BUNDLE_DATABASE}`);
    const { id, checkpoints } = readRun(database, file);
    refuseKnown(workspace.db, id);
    const target = workspace.runFolder(id);
    try {
      for (const path of checkpoints) {
        await copyFile(resolveInside(folder, path), join(target, basename(path)));
      }
      return { run: id, ...(await adopt(workspace.db, database, id, file)) };
    } catch (error) {
      await rm(target, { recursive: true, force: true });
      throw error;
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The one run of a bundle, whose schema is brought up to date on the way. */
function readRun(database: string, file: string): { id: string; checkpoints: string[] } {
  const db = openDatabase(database);
  try {
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
    throw error instanceof FaptError ? error : foreign(file, messageOf(error), error);
  } finally {
    db.close();
  }
}

async function adopt(db: Database, database: string, id: string, file: string): Promise<Adopted> {
  execute(db, 'ATTACH DATABASE ? AS bundle', database);
  try {
    return db.transaction(() => adoptRows(db, id)).immediate();
  } catch (error) {
    throw foreign(file, messageOf(error), error);
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

function foreign(file: string, why: string, cause?: unknown): FaptError {
  return new FaptError(
    'bundle-foreign',
    `${basename(file)} is not a run bundle (${why}): choose a .faptrun file that FAPT Studio wrote.`,
    { cause },
  );
}
