import type { Warning } from '../../shared/results.ts';
import type { DatasetRow } from '../store/datasets.ts';

/** A dataset's problems, one warning a kind, to be kept with every run on it. */
export function datasetWarnings(dataset: DatasetRow): Warning[] {
  const kinds = Map.groupBy(dataset.problems, ({ kind }) => kind);
  return [...kinds].map(([kind, problems]) => {
    const [first] = problems;
    const more = problems.length > 1 ? ` (and ${problems.length - 1} more like it)` : '';
    return {
      code: `dataset-${kind}`,
      message: `Dataset ${dataset.name}: ${first?.message}${more}.`,
    };
  });
}
