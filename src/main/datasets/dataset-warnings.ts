import type { Warning } from '../../shared/results.ts';
import { say } from '../../shared/sentence.ts';
import type { DatasetRow } from '../store/datasets.ts';
import { levelOf } from './problems.ts';

/** What a dataset's numbers may suffer from, one warning a kind, to be kept with every run on it. */
export function datasetWarnings(dataset: DatasetRow): Warning[] {
  const serious = dataset.problems.filter((one) => levelOf(one) !== 'noted');
  const kinds = Map.groupBy(serious, ({ kind }) => kind);
  return [...kinds].map(([kind, problems]) => {
    const [first] = problems;
    const told = { dataset: dataset.name, problem: first?.message ?? '' };
    const message =
      problems.length > 1
        ? say('warning.dataset.several', { ...told, more: problems.length - 1 })
        : say('warning.dataset.one', told);
    return { code: `dataset-${kind}`, message };
  });
}
