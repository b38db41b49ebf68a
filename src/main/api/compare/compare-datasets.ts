import type {
  DatasetsInput,
  DatasetsReport,
  SeveralMethods,
  TwoMethods,
} from '../../../shared/api/compare-datasets.ts';
import { FaptError } from '../../../shared/errors.ts';
import { METHODS } from '../../../shared/method-catalogue.ts';
import { friedman } from '../../statistics/friedman.ts';
import { holm } from '../../statistics/holm.ts';
import { mean, sampleStd } from '../../statistics/seeds.ts';
import { wilcoxonSignedRank } from '../../statistics/wilcoxon.ts';
import type { Database } from '../../store/database.ts';
import { getDataset } from '../../store/datasets.ts';
import type { EvaluationRow } from '../../store/evaluations.ts';
import {
  attackOf,
  type CommonEvaluation,
  chooseAttack,
  commonEvaluations,
  type MeasuredDataset,
} from './common-evaluations.ts';
import { datasetDifference, type Measure } from './dataset-difference.ts';
import { type DatasetsLayout, layDatasets } from './lay-datasets.ts';

type Row = DatasetsReport['datasets'][number];
type Chosen = MeasuredDataset & { robust: CommonEvaluation | null };

/**
 * Methods over all datasets that they were measured on alike: accuracies, and the tests that count a
 * dataset once.
 * @throws FaptError `not-comparable` where there is no such dataset
 */
export async function compareDatasets(db: Database, input: DatasetsInput): Promise<DatasetsReport> {
  const layouts = layDatasets(db, input.methods);
  const { model, shots, datasets: laid, leftOut } = chooseLayout(layouts, input);
  const found = laid.map((runs) => commonEvaluations(db, runs));
  const measured = found.filter((one) => 'natural' in one);
  const settings = chooseAttack(measured);
  const datasets = measured.map((one): Chosen => {
    return { ...one, robust: (settings !== null && one.attacked.get(settings)) || null };
  });
  const attacked = datasets.find(({ robust }) => robust !== null)?.robust;
  return {
    methods: input.methods,
    model,
    shots,
    choices: layouts.map((one) => ({
      model: one.model,
      shots: one.shots,
      datasets: one.datasets.length,
    })),
    attack: attacked ? { ...attackOf(attacked), subset: null } : null,
    datasets: datasets.map((one) => rowOf(db, one)),
    leftOut: [...leftOut, ...found.filter((one) => 'message' in one)],
    two: input.methods.length === 2 ? await twoMethods(db, datasets) : null,
    several: input.methods.length > 2 ? severalMethods(datasets) : null,
  };
}

function chooseLayout(layouts: readonly DatasetsLayout[], input: DatasetsInput): DatasetsLayout {
  const chosen = layouts.find(
    ({ model, shots, datasets }) =>
      datasets.length > 0 &&
      (input.model === null || model === input.model) &&
      (input.shots === null || shots === null || shots === input.shots),
  );
  if (chosen) return chosen;
  const titles = input.methods.map((method) => METHODS[method].title).join(', ');
  throw new FaptError(
    'not-comparable',
    `No dataset has measured runs of all of ${titles} with one model, one number of shots and one seed: train them alike.`,
  );
}

function rowOf(db: Database, { datasetId, dataset, methods, natural, robust }: Chosen): Row {
  const { demo, clustered } = getDataset(db, datasetId);
  const accuracies = ({ n, rows }: CommonEvaluation, share: (row: EvaluationRow) => number) =>
    methods.map((runs) => {
      // What is not tuned may stand in for several seeds.
      const own = [...new Set(runs)];
      const values = own.map(({ id }) => share(rows.get(id) as EvaluationRow));
      const seeds = own.map(({ seed }) => seed);
      return { accuracy: mean(values), std: sampleStd(values), seeds, n };
    });
  return {
    ...{ dataset, demo, clustered },
    natural: accuracies(natural, ({ cleanRight, n }) => cleanRight / n),
    robust: robust && accuracies(robust, ({ robustRight, attacked }) => robustRight / attacked),
  };
}

async function twoMethods(
  db: Database,
  datasets: readonly Chosen[],
): Promise<DatasetsReport['two']> {
  const attacked = datasets.filter(({ robust }) => robust !== null);
  return {
    natural: await differencesOf(db, datasets, 'natural'),
    robust: attacked.length === 0 ? null : await differencesOf(db, attacked, 'robust'),
  };
}

async function differencesOf(
  db: Database,
  datasets: readonly Chosen[],
  measure: Measure,
): Promise<TwoMethods> {
  const found: ReturnType<typeof datasetDifference>[] = [];
  for (const one of datasets) {
    const common = one[measure];
    if (common) found.push(datasetDifference(db, one, common, measure));
    // A large dataset takes a while to read: others are heard in between.
    await new Promise(setImmediate);
  }
  const adjusted = holm(found.map(({ p }) => p));
  const deltas = found.map(({ delta }) => delta);
  return {
    differences: found.map((one, index) => ({ ...one, adjusted: adjusted[index] as number })),
    meanDelta: mean(deltas),
    wilcoxon: wilcoxonSignedRank(deltas),
  };
}

function severalMethods(datasets: readonly Chosen[]): DatasetsReport['several'] {
  const test = (measure: Measure): SeveralMethods | null => {
    const table = datasets.flatMap((one) => {
      const common = one[measure];
      return common ? [one.methods.map((runs) => mean(runs.map(accuracyIn(common, measure))))] : [];
    });
    return table.length < 2 ? null : friedman(table);
  };
  return { natural: test('natural'), robust: test('robust') };
}

function accuracyIn({ rows }: CommonEvaluation, measure: Measure): (run: { id: string }) => number {
  return ({ id }) => {
    const { cleanRight, n, robustRight, attacked } = rows.get(id) as EvaluationRow;
    return measure === 'natural' ? cleanRight / n : robustRight / attacked;
  };
}
