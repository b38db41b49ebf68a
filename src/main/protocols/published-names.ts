import { FaptError } from '../../shared/errors.ts';
import { paperDataset } from '../../shared/paper-tables.ts';
import { loadPaperTables } from '../reference/load-paper-tables.ts';
import type { Database } from '../store/database.ts';
import { listDatasets } from '../store/datasets.ts';

/**
 * The workspace's datasets that the paper uses, under the workspace's own names, in the paper's
 * order.
 * @throws FaptError `dataset-unknown` where there is none
 */
export async function publishedNames(db: Database): Promise<string[]> {
  const paper = await loadPaperTables();
  const found = paper.datasets.flatMap(({ name }) => nameOf(db, paper, name) ?? []);
  if (found.length > 0) return found;
  const names = paper.datasets.map(({ name }) => name).join(', ');
  throw new FaptError(
    'dataset-unknown',
    `None of the paper's datasets is in this workspace (${names}): add one with "fapt dataset add PATH --name NAME", or name others with --datasets.`,
  );
}

/** What the workspace calls a dataset of the paper; null where it has none of that name. */
export async function publishedName(db: Database, name: string): Promise<string | null> {
  return nameOf(db, await loadPaperTables(), name);
}

/** The paper's datasets that the workspace lacks, by the paper's names. */
export async function absentPublished(db: Database): Promise<string[]> {
  const paper = await loadPaperTables();
  return paper.datasets.map(({ name }) => name).filter((name) => nameOf(db, paper, name) === null);
}

function nameOf(db: Database, paper: Awaited<ReturnType<typeof loadPaperTables>>, name: string) {
  const same = (row: { name: string }) => paperDataset(paper, row.name) === name;
  return listDatasets(db).find(same)?.name ?? null;
}
