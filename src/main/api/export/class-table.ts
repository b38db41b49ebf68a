import { describeAttack } from '../../../shared/attack.ts';
import { FaptError } from '../../../shared/errors.ts';
import type { ExportCell, ExportColumn, ExportTable } from '../../../shared/export-table.ts';
import { newestOfSeeds } from '../../../shared/newest-of-seeds.ts';
import type { Outcome } from '../../../shared/results.ts';
import { summarizeSeeds } from '../../statistics/seeds.ts';
import type { Database } from '../../store/database.ts';
import { type EvaluationRow, getEvaluation } from '../../store/evaluations.ts';
import { listOutcomes, summarizeRun } from '../../store/outcomes.ts';
import { classNamesOf } from '../compare/sides.ts';
import { attacksOf, measuredGroups, type NamedGroup, protocolOf } from './accuracy-table.ts';
import { runsNamed } from './runs-named.ts';

/** Of one label: the images of one run, and the accuracy of each seed. */
type ClassNumbers = { images: number; shares: number[] };
type Numbers = Map<number, ClassNumbers>;
type Measured = { group: NamedGroup; natural: Numbers; robust: Numbers };

/**
 * One row a class, two columns a group of seeds: accuracy clean, on as many images as there are, and
 * attacked. Images are counted by class, for each group where they were measured on different ones.
 * @throws FaptError `run-unknown`, `not-evaluated`; `not-comparable` for runs of other classes
 */
export function classTable(db: Database, ids: readonly string[]): ExportTable {
  const runs = runsNamed(db, ids);
  const sets = new Set(runs.map((run) => classNamesOf(db, run).join('\n')));
  if (sets.size > 1) {
    throw new FaptError(
      'not-comparable',
      'These runs do not have the same classes: export the classes of alike runs alone.',
    );
  }
  const classNames = classNamesOf(db, runs[0]);
  const groups = measuredGroups(db, runs);
  const measured = groups.map((group) => measure(db, group));
  const labels = new Set(
    measured.flatMap(({ natural, robust }) => [...natural, ...robust]).map(([label]) => label),
  );
  const columns = [
    ...imageColumns(measured, 'natural', 'n'),
    ...imageColumns(measured, 'robust', 'n attacked'),
    ...measured.flatMap((one) => accuracyColumns(one, attacksOf(groups).length > 1)),
  ];
  return {
    name: 'classes',
    caption: `Accuracy by class on ${runs[0].dataset}`,
    protocol: `${protocolOf(db, runs, groups)} n: images of the class.`,
    columns: [
      { key: 'class', title: 'Class', kind: 'text' },
      ...columns.map(({ column }) => column),
    ],
    rows: [...labels]
      .sort((a, b) => a - b)
      .map((label) => ({
        class: classNames[label] ?? `class ${label}`,
        ...Object.fromEntries(columns.map(({ column, cell }) => [column.key, cell(label)])),
      })),
    hidden: [],
  };
}

/** The runs behind the group's means alone: those on as many images, and attacked alike. */
function measure(db: Database, group: NamedGroup): Measured {
  const found = group.runs.map((run) => {
    const { naturalEvaluation, robustEvaluation } = summarizeRun(db, run.id);
    const row = (id: number | null) => (id === null ? null : getEvaluation(db, id));
    return { ...run, natural: row(naturalEvaluation), robust: row(robustEvaluation) };
  });
  const alike = (of: 'natural' | 'robust', isIt: (row: EvaluationRow) => boolean) =>
    newestOfSeeds(found.filter((run) => run[of] !== null && isIt(run[of]))).map((run) =>
      listOutcomes(db, (run[of] as EvaluationRow).id),
    );
  const { natural, robust } = group;
  const attack = robust && describeAttack(robust.attack);
  return {
    group,
    natural: byLabel(
      alike('natural', ({ n }) => n === natural?.images),
      ({ clean }) => clean,
    ),
    robust: byLabel(
      alike('robust', (row) => row.n === robust?.images && describeAttack(row.attack) === attack),
      ({ adversarial }) => adversarial,
    ),
  };
}

function byLabel(runs: readonly Outcome[][], predicted: (row: Outcome) => number | null): Numbers {
  const numbers: Numbers = new Map();
  for (const outcomes of runs) {
    for (const [label, rows] of Map.groupBy(outcomes, (row) => row.label)) {
      const { shares } = numbers.get(label) ?? { shares: [] };
      const right = rows.filter((row) => predicted(row) === label).length;
      numbers.set(label, { images: rows.length, shares: [...shares, right / rows.length] });
    }
  }
  return numbers;
}

type FilledColumn = { column: ExportColumn; cell: (label: number) => ExportCell };

/** One column where all groups were measured on as many images of each class, else one a group. */
function imageColumns(
  measured: readonly Measured[],
  of: 'natural' | 'robust',
  title: string,
): FilledColumn[] {
  const known = measured.filter((one) => one[of].size > 0);
  const counts = known.map((one) =>
    [...one[of]].map(([label, { images }]) => `${label} ${images}`),
  );
  const isOne = new Set(counts.map((list) => list.sort().join())).size <= 1;
  return (isOne ? known.slice(0, 1) : known).map((one) => ({
    column: {
      key: `${one.group.key}.${of}.images`,
      title: isOne ? title : `${one.group.title} ${title}`,
      kind: 'number',
      digits: 0,
    },
    cell: (label) => one[of].get(label)?.images ?? null,
  }));
}

function accuracyColumns({ group, ...numbers }: Measured, isAttackNamed: boolean): FilledColumn[] {
  const { key, title, robust } = group;
  const attack = isAttackNamed && robust ? `, ${describeAttack(robust.attack)}` : '';
  return (['natural', 'robust'] as const).map((of) => ({
    column: {
      key: `${key}.${of}`,
      title: `${title} ${of}${of === 'robust' ? attack : ''}`,
      kind: 'percent',
    },
    cell: (label) => {
      const shares = numbers[of].get(label)?.shares;
      return shares ? summarizeSeeds(shares) : null;
    },
  }));
}
