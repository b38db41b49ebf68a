import type { Database } from '../store/database.ts';
import type { DatasetRow } from '../store/datasets.ts';
import { listEntries } from '../store/images.ts';
import { SPLITS } from './split.ts';

/** The dataset as a split file in CoOp layout; importing it gives the same three lists. */
export function exportSplit(db: Database, dataset: DatasetRow): string {
  const lists = SPLITS.map((split) => {
    const entries = listEntries(db, dataset.id, split).map(({ path, label }) =>
      JSON.stringify([path, label, dataset.classNames[label]]),
    );
    return `${JSON.stringify(split)}: [\n${entries.join(',\n')}\n]`;
  });
  return `{\n${lists.join(',\n')}\n}\n`;
}
