import type { DatasetsInput, DatasetsReport } from '../../../shared/api/compare.ts';
import type { RunGroup } from '../../../shared/api/runs.ts';
import { describeAttack, type EvaluationAttack } from '../../../shared/attack.ts';
import { FaptError } from '../../../shared/errors.ts';
import { METHODS } from '../../../shared/method-catalogue.ts';
import type { MethodName } from '../../../shared/run-config.ts';
import { friedman } from '../../statistics/friedman.ts';
import { holm } from '../../statistics/holm.ts';
import { signTest } from '../../statistics/paired-groups.ts';
import { wilcoxonSignedRank } from '../../statistics/wilcoxon.ts';
import type { Database } from '../../store/database.ts';
import { getDataset } from '../../store/datasets.ts';
import { groupRuns } from '../run-groups.ts';
import { comparedImages } from './compared-images.ts';
import { rightUnderAttack, rightWhenClean } from './right-images.ts';
import { resolveSides } from './sides.ts';

type Row = DatasetsReport['datasets'][number];
type Numbers = Row['natural'][number];
/** The runs of each method on one dataset, in the order of the methods. */
type Chosen = { dataset: string; groups: RunGroup[] };

/**
 * Methods over all datasets that each of them was measured on: for two a signed-rank test over the
 * datasets and a test within each, for more Friedman's with Nemenyi's critical difference (Demsar 2006).
 * @throws FaptError `not-comparable` where no dataset has them all
 */
export function compareDatasets(db: Database, input: DatasetsInput): DatasetsReport {
  const { methods } = input;
  const all = groupRuns(
    db,
    { methods, statuses: ['finished'] },
    { by: 'created', descending: true },
    { offset: 0, limit: Number.MAX_SAFE_INTEGER },
  ).groups.filter(({ natural }) => natural !== null);
  const choices = choicesOf(all, methods);
  const choice = choices.find(
    ({ model, shots }) => (input.model ?? model) === model && (input.shots ?? shots) === shots,
  );
  if (!choice) {
    const names = methods.map((method) => METHODS[method].title).join(', ');
    throw new FaptError(
      'not-comparable',
      `No dataset has finished runs of ${names} with one model and one number of shots: train them with "fapt protocol few-shot".`,
    );
  }
  const { model, shots } = choice;
  const chosen = chooseGroups(all, methods, model, shots);
  const attack = commonAttack(chosen.flatMap(({ groups }) => groups));
  const key = attack && settingsOf(attack);
  const leftOut: string[] = [];
  const datasets = chosen.flatMap(({ dataset, groups }): Row[] => {
    const natural = groups.map(({ natural }) => numbersOf(natural));
    if (!isEven(natural)) {
      leftOut.push(`${dataset}: the methods were measured on different numbers of images.`);
      return [];
    }
    const met = groups.map(({ robust }) =>
      robust && settingsOf(robust.attack) === key ? robust : null,
    );
    const robust = met.some((one) => one === null) ? null : met.map(numbersOf);
    if (key && (robust === null || !isEven(robust))) {
      leftOut.push(
        `${dataset}, under attack: not every method met ${describeAttack(attack)} there.`,
      );
    }
    const { demo } = getDataset(db, dataset);
    return [{ dataset, demo, natural, robust: robust && isEven(robust) ? robust : null }];
  });
  const kept = chosen.filter(({ dataset }) => datasets.some((row) => row.dataset === dataset));
  return {
    methods,
    model,
    shots,
    choices,
    attack,
    datasets,
    leftOut,
    two: methods.length === 2 ? twoMethods(db, kept, datasets) : null,
    several: methods.length > 2 ? severalMethods(datasets) : null,
  };
}

/** Models and shots that at least one dataset has all methods with, the most datasets first. */
function choicesOf(groups: readonly RunGroup[], methods: readonly MethodName[]) {
  const kinds = Map.groupBy(groups, ({ model, shots }) => JSON.stringify([model, shots]));
  return [...kinds.keys()]
    .map((key) => {
      const [model, shots] = JSON.parse(key) as [string, number];
      return { model, shots, datasets: chooseGroups(groups, methods, model, shots).length };
    })
    .filter(({ datasets }) => datasets > 0)
    .sort((a, b) => b.datasets - a.datasets || b.shots - a.shots);
}

/** Of each method on each dataset the configuration with most seeds, the newest of equals. */
function chooseGroups(
  groups: readonly RunGroup[],
  methods: readonly MethodName[],
  model: string,
  shots: number,
): Chosen[] {
  const fitting = groups.filter(
    (group) => group.model === model && (group.shots === shots || !METHODS[group.method].tuned),
  );
  const byDataset = Map.groupBy(fitting, ({ dataset }) => dataset);
  return [...byDataset]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([dataset, there]) => {
      const best = methods.map((method) =>
        there
          .filter((group) => group.method === method)
          .toSorted((a, b) => seedsOf(b) - seedsOf(a) || b.newestAt - a.newestAt)
          .at(0),
      );
      return best.every((group) => group !== undefined) ? [{ dataset, groups: best }] : [];
    });
}

const seedsOf = ({ natural, robust }: RunGroup) => (robust ?? natural)?.n ?? 0;

function numbersOf(measured: RunGroup['natural']): Numbers {
  const { mean, n, images } = measured ?? { mean: 0, n: 0, images: 0 };
  return { accuracy: mean, seeds: n, n: images };
}

/** On equally many images. */
function isEven(numbers: readonly Numbers[]): boolean {
  return numbers.every(({ n }) => n === numbers[0]?.n);
}

/** The attack that most of them met. */
function commonAttack(groups: readonly RunGroup[]): EvaluationAttack | null {
  const met = groups.flatMap(({ robust }) => (robust ? [robust.attack] : []));
  const alike = [...Map.groupBy(met, settingsOf).values()];
  return alike.toSorted((a, b) => b.length - a.length)[0]?.[0] ?? null;
}

function settingsOf(attack: EvaluationAttack): string {
  return JSON.stringify(Object.entries({ ...attack, subset: null }).sort());
}

function twoMethods(db: Database, chosen: Chosen[], rows: Row[]): DatasetsReport['two'] {
  const tests = chosen.map(({ groups }) => {
    const [a = [], b = []] = groups.map(newestOfSeeds);
    const seen = comparedImages(db, resolveSides(db, { a, b }), null);
    return {
      natural: signTest(seen.natural.map(rightWhenClean)).p,
      robust: seen.robust && signTest(seen.robust.map(rightUnderAttack)).p,
    };
  });
  const natural = holm(tests.map((test) => test.natural));
  const attacked = tests.flatMap((test, index) =>
    rows[index]?.robust && test.robust !== null ? [index] : [],
  );
  const robust = holm(attacked.map((index) => tests[index]?.robust ?? 1));
  const difference = (numbers: Numbers[]) =>
    (numbers[1]?.accuracy ?? 0) - (numbers[0]?.accuracy ?? 0);
  const underAttack = rows.flatMap((row) => (row.robust ? [difference(row.robust)] : []));
  return {
    holm: rows.map(({ dataset }, index) => {
      const place = attacked.indexOf(index);
      return {
        dataset,
        natural: { p: tests[index]?.natural ?? 1, adjusted: natural[index] ?? 1 },
        robust: place < 0 ? null : { p: tests[index]?.robust ?? 1, adjusted: robust[place] ?? 1 },
      };
    }),
    wilcoxon: {
      n: rows.length,
      natural: wilcoxonP(rows.map((row) => difference(row.natural))),
      robust: wilcoxonP(underAttack),
    },
  };
}

/** A seed that was run twice counts once. */
function newestOfSeeds({ runs }: RunGroup): string[] {
  const seeds = new Set<number>();
  return runs.filter(({ seed }) => !seeds.has(seed) && seeds.add(seed)).map(({ id }) => id);
}

/** Null for fewer than two datasets. */
function wilcoxonP(differences: readonly number[]): number | null {
  return differences.length < 2 ? null : wilcoxonSignedRank(differences).p;
}

function severalMethods(rows: Row[]): DatasetsReport['several'] {
  const accuracies = (numbers: (row: Row) => Numbers[] | null) =>
    rows.flatMap((row) => {
      const found = numbers(row);
      return found ? [found.map(({ accuracy }) => accuracy)] : [];
    });
  const tests = [accuracies(({ natural }) => natural), accuracies(({ robust }) => robust)].map(
    (blocks) => (blocks.length < 2 ? null : friedman(blocks)),
  );
  const [natural, robust] = tests;
  if (!natural) return null;
  return {
    p: { natural: natural.p, robust: robust?.p ?? null },
    ranks: { natural: natural.ranks, robust: robust?.ranks ?? null },
    criticalDifference: natural.criticalDifference,
  };
}
