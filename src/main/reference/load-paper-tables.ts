import { join } from 'node:path';
import { type PaperTables, paperTablesSchema } from '../../shared/paper-tables.ts';
import { readResource, resourcesFolder } from '../models/bundled.ts';

/**
 * The tables of the CBA-FAPT paper that come with the application.
 * @throws FaptError `reference-damaged`
 */
export async function loadPaperTables(): Promise<PaperTables> {
  const file = join(resourcesFolder(), 'reference', 'cba-fapt.json');
  return readResource(file, paperTablesSchema, 'reference-damaged', "The paper's tables");
}
