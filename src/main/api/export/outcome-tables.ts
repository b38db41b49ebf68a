import { describeAttack, type EvaluationAttack } from '../../../shared/attack.ts';
import { FaptError } from '../../../shared/errors.ts';
import type { ExportColumn, ExportTable } from '../../../shared/export-table.ts';
import type { Outcome } from '../../../shared/results.ts';
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

/** One row an image and run: what was predicted, clean and, of those that were attacked, attacked. */
export function outcomeTable(db: Database, ids: readonly string[]): ExportTable {
  const runs = runsNamed(db, ids);
  const rows = runs.flatMap((run) => {
    const classNames = classNamesOf(db, run);
    return everyOutcome(db, run).map(({ attack, ...outcome }) => ({
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
    protocol: `One row a test image and run, each run attacked by itself. Margin: true logit minus the best other, after the attack where there was one. ${settingSentence(db, runs)}`,
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

/** Of the newest attack, and of the images behind the natural accuracy that it left out. */
function everyOutcome(db: Database, run: RunRow): (Outcome & { attack: EvaluationAttack })[] {
  const headline = headlineOf(db, run);
  const { naturalEvaluation } = summarizeRun(db, run.id);
  const read = ({ id, attack }: EvaluationRow) =>
    listOutcomes(db, id).map((outcome) => ({ ...outcome, attack }));
  const attacked = read(headline);
  if (naturalEvaluation === null || naturalEvaluation === headline.id) return attacked;
  const met = new Set(attacked.map(({ id }) => id));
  const others = read(getEvaluation(db, naturalEvaluation)).filter(({ id }) => !met.has(id));
  return [...attacked, ...others];
}

function nameOf(classNames: readonly string[], label: number): string {
  return classNames[label] ?? `class ${label}`;
}
