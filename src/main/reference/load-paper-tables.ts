import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FaptError } from '../../shared/errors.ts';
import { type PaperTables, paperTablesSchema } from '../../shared/paper-tables.ts';
import { resourcesFolder } from '../models/bundled.ts';

/**
 * The tables of the CBA-FAPT paper that come with the application.
 * @throws FaptError `reference-damaged`
 */
export async function loadPaperTables(): Promise<PaperTables> {
  const file = join(resourcesFolder(), 'reference', 'cba-fapt.json');
  try {
    return paperTablesSchema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (cause) {
    throw new FaptError(
      'reference-damaged',
      `The paper's tables ${file} are missing or damaged: reinstall the application.`,
      { cause },
    );
  }
}
