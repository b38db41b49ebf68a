import { METHODS } from '../../../shared/method-catalogue.ts';
import { newestOfSeeds } from '../../../shared/newest-of-seeds.ts';
import type { MethodName } from '../../../shared/run-config.ts';
import { type Sentence, sentence } from '../../../shared/sentence.ts';
import type { Database } from '../../store/database.ts';
import { groupKeyOf } from '../../store/run-group.ts';
import { listRuns, type RunListRow } from '../../store/run-list.ts';
import { getRun } from '../../store/runs.ts';

/** One dataset with the runs of each method on it: a row a method, a column a seed. */
export type DatasetRuns = { datasetId: string; dataset: string; methods: RunListRow[][] };

export type DatasetsLayout = {
  model: string;
  /** Null where no method is tuned. */
  shots: number | null;
  datasets: DatasetRuns[];
  leftOut: Sentence[];
};

/** More than any workspace holds; one is read for each run anyway. */
const EVERY_RUN = 1_000_000;

/**
 * Every way to lay measured runs of these methods side by side over datasets, one a model and number of
 * shots, those with most datasets first. A method stands with one configuration, so that no two
 * datasets differ in more than themselves.
 */
export function layDatasets(db: Database, methods: readonly MethodName[]): DatasetsLayout[] {
  const runs = listRuns(db, { methods: [...methods] }, { limit: EVERY_RUN });
  const measured = runs.filter(({ natural, deviation }) => natural !== null && deviation === null);
  const variantOf = variantReader(db);
  const isTuned = methods.some((method) => METHODS[method].tuned);
  const settings = new Map(
    measured
      .filter(({ method }) => METHODS[method].tuned || !isTuned)
      .map(({ model, shots }) => [`${model} ${shots}`, { model, shots: isTuned ? shots : null }]),
  );
  return [...settings.values()]
    .map(({ model, shots }) => {
      const isOf = (run: RunListRow) =>
        run.model === model && (run.shots === shots || !METHODS[run.method].tuned);
      return { model, shots, ...layOut(measured.filter(isOf), methods, variantOf) };
    })
    .toSorted((one, other) => other.datasets.length - one.datasets.length);
}

type VariantOf = (run: RunListRow) => string;

/** Names a configuration whatever its dataset and seed are; shots only where they are learned from. */
function variantReader(db: Database): VariantOf {
  const known = new Map<string, string>();
  return ({ group, id, method }) => {
    const found = known.get(group);
    if (found !== undefined) return found;
    const { dataset: _, shots, ...others } = getRun(db, id).config;
    const key = groupKeyOf(METHODS[method].tuned ? { ...others, shots } : others);
    known.set(group, key);
    return key;
  };
}

function layOut(
  runs: readonly RunListRow[],
  methods: readonly MethodName[],
  variantOf: VariantOf,
): Pick<DatasetsLayout, 'datasets' | 'leftOut'> {
  const columns = methods.map((method) =>
    widestVariant(
      runs.filter((run) => run.method === method),
      variantOf,
    ),
  );
  const names = new Map(runs.map(({ datasetId, dataset }) => [datasetId, dataset]));
  const datasets: DatasetRuns[] = [];
  const leftOut: Sentence[] = [];
  for (const [datasetId, dataset] of [...names].toSorted(([, a], [, b]) => (a < b ? -1 : 1))) {
    const found = columns.map((column) => seedsOn(column, datasetId));
    const missing = methods.filter((_, index) => found[index]?.length === 0);
    const aligned = missing.length === 0 ? alignSeeds(found) : null;
    if (aligned) datasets.push({ datasetId, dataset, methods: aligned });
    else leftOut.push(whyLeftOut(dataset, missing));
  }
  return { datasets, leftOut };
}

/** The runs of that configuration of a method that was measured on most datasets, the newest of equals. */
function widestVariant(runs: readonly RunListRow[], variantOf: VariantOf): RunListRow[] {
  const widths = [...Map.groupBy(runs, variantOf).values()].map((variant) => ({
    variant,
    width: new Set(variant.map(({ datasetId }) => datasetId)).size,
  }));
  const [widest] = widths.toSorted((one, other) => other.width - one.width);
  return widest?.variant ?? [];
}

function seedsOn(runs: readonly RunListRow[], datasetId: string): RunListRow[] {
  const there = runs.filter((run) => run.datasetId === datasetId);
  return newestOfSeeds(there).sort((one, other) => one.seed - other.seed);
}

/**
 * The runs of the seeds that all tuned methods have. What is not tuned stands in for a seed it lacks by
 * its first run. Null where there is no such seed.
 */
function alignSeeds(methods: readonly RunListRow[][]): RunListRow[][] | null {
  const seedsOf = (runs: readonly RunListRow[]) => runs.map(({ seed }) => seed);
  const tuned = methods.filter(([run]) => run && METHODS[run.method].tuned);
  const [first, ...others] = tuned.length > 0 ? tuned : methods;
  const seeds = seedsOf(first ?? []).filter((seed) =>
    others.every((runs) => runs.some((run) => run.seed === seed)),
  );
  if (seeds.length === 0) return null;
  return methods.map((runs) =>
    seeds.map((seed) => (runs.find((run) => run.seed === seed) ?? runs[0]) as RunListRow),
  );
}

function whyLeftOut(dataset: string, missing: readonly MethodName[]): Sentence {
  if (missing.length === 0) return sentence('left-out.no-common-seed', { dataset });
  const methods = missing.map((method) => METHODS[method].title).join(', ');
  return sentence('left-out.not-measured', { dataset, methods });
}
