import { join } from 'node:path';
import { type PaperTables, paperTablesSchema } from '../../shared/paper-tables.ts';
import { readResource } from '../models/bundled.ts';
import { resourcesFolder } from '../workspace/resources.ts';

/**
 * The tables of the CBA-FAPT paper that come with the application.
 * @throws FaptError `reference-damaged`
 */
export async function loadPaperTables(): Promise<PaperTables> {
  const file = join(resourcesFolder(), 'reference', 'cba-fapt.json');
  return readResource(file, paperTablesSchema, 'reference-damaged', "The paper's tables");
}
