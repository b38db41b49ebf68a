import type { EvaluationAttack } from '../../../shared/attack.ts';
import { type Sentence, sentence } from '../../../shared/sentence.ts';
import type { Database } from '../../store/database.ts';
import type { EvaluationRow } from '../../store/evaluations.ts';
import { isHeadline } from '../../store/outcomes.ts';
import type { RunListRow } from '../../store/run-list.ts';
import { attackSettings, finishedEvaluations } from './alike-evaluations.ts';
import type { DatasetRuns } from './lay-datasets.ts';

/** For each run, by its id, its evaluation of the images that all runs were evaluated on. */
export type CommonEvaluation = { n: number; rows: ReadonlyMap<string, EvaluationRow> };

export type MeasuredDataset = DatasetRuns & {
  natural: CommonEvaluation;
  /** By the settings of the attack; of several sets of images the largest. */
  attacked: ReadonlyMap<string, CommonEvaluation>;
};

/** What all runs on a dataset were measured on alike; a sentence where there is nothing. */
export function commonEvaluations(db: Database, runs: DatasetRuns): MeasuredDataset | Sentence {
  const members = [...new Set(runs.methods.flat())];
  const unlike = unlikeHashes(members);
  if (unlike) return sentence(unlike, { dataset: runs.dataset });
  const lists = members.map((run) => ({ run, rows: finishedEvaluations(db, run.id) }));
  const imagesOf = ({ idsHash, classes, attack }: EvaluationRow) =>
    `${idsHash} ${classes} ${attack.frame}`;
  const [natural] = sharedBy(lists, imagesOf);
  if (!natural) return sentence('left-out.other-images', { dataset: runs.dataset });
  const attacked = new Map<string, CommonEvaluation>();
  for (const common of sharedBy(lists, (row) =>
    row.attack.name === 'none' ? null : `${imagesOf(row)} ${attackSettings(row.attack)}`,
  )) {
    const settings = attackSettings(attackOf(common));
    if (!attacked.has(settings)) attacked.set(settings, common);
  }
  return { ...runs, natural, attacked };
}

function unlikeHashes(runs: readonly RunListRow[]): 'left-out.weights' | 'left-out.splits' | null {
  const differ = (key: 'modelHash' | 'splitHash') => new Set(runs.map((run) => run[key])).size > 1;
  if (differ('modelHash')) return 'left-out.weights';
  return differ('splitHash') ? 'left-out.splits' : null;
}

/** What every run has under one key, the most images first. */
function sharedBy(
  lists: readonly { run: RunListRow; rows: readonly EvaluationRow[] }[],
  keyOf: (row: EvaluationRow) => string | null,
): CommonEvaluation[] {
  const found = new Map<string, Map<string, EvaluationRow>>();
  for (const { run, rows } of lists) {
    for (const row of rows) {
      const key = keyOf(row);
      if (key === null) continue;
      const ofKey = found.get(key) ?? new Map<string, EvaluationRow>();
      found.set(key, ofKey);
      // Newest first, and the newest is meant.
      if (!ofKey.has(run.id)) ofKey.set(run.id, row);
    }
  }
  return [...found.values()]
    .filter((rows) => rows.size === lists.length)
    .map((rows) => ({ n: firstOf(rows).n, rows }))
    .toSorted((one, other) => other.n - one.n);
}

function firstOf(rows: ReadonlyMap<string, EvaluationRow>): EvaluationRow {
  return rows.values().next().value as EvaluationRow;
}

export function attackOf({ rows }: CommonEvaluation): EvaluationAttack {
  return firstOf(rows).attack;
}

/**
 * The attack that the datasets are compared under, by its settings: one that can stand as robust
 * accuracy before the rest, then the one met on most datasets, then the newest. Null without any.
 */
export function chooseAttack(datasets: readonly MeasuredDataset[]): string | null {
  const offered = datasets.flatMap(({ attacked }) => [...attacked]);
  const ranked = [...Map.groupBy(offered, ([settings]) => settings)].map(([settings, met]) => {
    const rows = met.map(([, common]) => firstOf(common.rows));
    const headline = Number(rows.every(isHeadline));
    return { settings, order: [headline, met.length, Math.max(...rows.map(({ id }) => id))] };
  });
  ranked.sort((one, other) => {
    const at = one.order.findIndex((value, index) => value !== other.order[index]);
    return at < 0 ? 0 : (other.order[at] as number) - (one.order[at] as number);
  });
  return ranked[0]?.settings ?? null;
}
