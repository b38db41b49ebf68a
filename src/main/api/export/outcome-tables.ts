import { describeAttack } from '../../../shared/attack.ts';
import { FaptError } from '../../../shared/errors.ts';
import type { ExportColumn, ExportTable } from '../../../shared/export-table.ts';
import type { Database } from '../../store/database.ts';
import { type EvaluationRow, getEvaluation } from '../../store/evaluations.ts';
import { listOutcomes, summarizeRun } from '../../store/outcomes.ts';
import type { RunRow } from '../../store/runs.ts';
import { classNamesOf } from '../compare/sides.ts';
import { runsNamed, runTitle, settingSentence } from './runs-named.ts';

/** The evaluation behind a run's robust accuracy, else behind its natural one. */
export function headlineOf(db: Database, run: RunRow): EvaluationRow {
  const { robustEvaluation, naturalEvaluation } = summarizeRun(db, run.id);
  const id = robustEvaluation ?? naturalEvaluation;
  if (id !== null) return getEvaluation(db, id);
  throw new FaptError(
    'not-evaluated',
    `Run ${run.id} has not been evaluated, so it has no outcomes to export: use "fapt eval ${run.id}" first.`,
  );
}

const TEXT = (key: string, title: string): ExportColumn => ({ key, title, kind: 'text' });

/** One row an image and run: what was predicted, clean and attacked. */
export function outcomeTable(db: Database, ids: readonly string[]): ExportTable {
  const runs = runsNamed(db, ids);
  const rows = runs.flatMap((run) => {
    const classNames = classNamesOf(db, run);
    const { id: evaluation, attack } = headlineOf(db, run);
    return listOutcomes(db, evaluation).map((outcome) => ({
      run: run.id,
      method: runTitle(run),
      image: outcome.id,
      label: nameOf(classNames, outcome.label),
      clean: nameOf(classNames, outcome.clean),
      adversarial: outcome.adversarial === null ? null : nameOf(classNames, outcome.adversarial),
      margin: outcome.margin,
      fellAt: outcome.fellAt,
      attack: describeAttack(attack),
    }));
  });
  return {
    name: 'outcomes',
    caption: 'Predictions of each test image',
    protocol: `One row a test image and run, each run attacked by itself. Margin: true logit minus the best other after the attack. ${settingSentence(db, runs)}`,
    columns: [
      TEXT('run', 'Run'),
      TEXT('method', 'Method'),
      TEXT('image', 'Image'),
      TEXT('label', 'True class'),
      TEXT('clean', 'Clean'),
      TEXT('adversarial', 'Attacked'),
      { key: 'margin', title: 'Margin', kind: 'number', digits: 3 },
      { key: 'fellAt', title: 'Fell at step', kind: 'number', digits: 0 },
      TEXT('attack', 'Attack'),
    ],
    rows,
    hidden: [],
  };
}

/** One row a class, two columns a run: accuracy clean and attacked. */
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
  const rows = new Map<number, Record<string, string | number | null>>();
  const attacks = new Set<string>();
  for (const run of runs) {
    const { id, attack } = headlineOf(db, run);
    attacks.add(describeAttack(attack));
    for (const [label, outcomes] of Map.groupBy(listOutcomes(db, id), (row) => row.label)) {
      const share = (of: (row: (typeof outcomes)[number]) => number | null) =>
        outcomes.filter((row) => of(row) === label).length / outcomes.length;
      const row = rows.get(label) ?? { class: nameOf(classNames, label), n: outcomes.length };
      row[`${run.id}.natural`] = share(({ clean }) => clean);
      const isAttacked = attack.name !== 'none';
      row[`${run.id}.robust`] = isAttacked ? share(({ adversarial }) => adversarial) : null;
      rows.set(label, row);
    }
  }
  return {
    name: 'classes',
    caption: `Accuracy by class on ${runs[0].dataset}`,
    protocol: `${[...attacks].join(' or ')}, each run attacked by itself; n is the number of test images. ${settingSentence(db, runs)}`,
    columns: [
      TEXT('class', 'Class'),
      { key: 'n', title: 'n', kind: 'number', digits: 0 },
      ...runs.flatMap((run): ExportColumn[] => [
        { key: `${run.id}.natural`, title: `${runTitle(run)} natural`, kind: 'percent' },
        { key: `${run.id}.robust`, title: `${runTitle(run)} robust`, kind: 'percent' },
      ]),
    ],
    rows: [...rows].sort(([a], [b]) => a - b).map(([, row]) => row),
    hidden: [],
  };
}

function nameOf(classNames: readonly string[], label: number): string {
  return classNames[label] ?? `class ${label}`;
}
