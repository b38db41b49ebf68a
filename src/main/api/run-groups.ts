import type { RunFilter, RunSort } from '../../shared/api/run-query.ts';
import type { RunGroup } from '../../shared/api/runs.ts';
import { evaluationAttackSchema } from '../../shared/attack.ts';
import type { RunStatus } from '../../shared/results.ts';
import type { MethodName } from '../../shared/run-config.ts';
import { summarizeSeeds } from '../statistics/seeds.ts';
import type { Database } from '../store/database.ts';
import { conditions, RESULT_JOINS } from '../store/run-list.ts';
import { trueStatus } from '../store/run-status.ts';
import { all } from '../store/statement.ts';

type Member = {
  id: string;
  group: string;
  method: MethodName;
  dataset: string;
  model: string;
  shots: number;
  seed: number;
  status: RunStatus;
  createdAt: number;
  natural: number | null;
  naturalN: number | null;
  robust: number | null;
  robustN: number | null;
  attack: string | null;
};

/** Runs that differ in their seed alone, as one row with mean and standard deviation. */
export function groupRuns(db: Database, filter: RunFilter, sort: RunSort): RunGroup[] {
  const { where, values } = conditions(filter);
  const members = all<Member>(
    db,
    `SELECT runs.id, runs.group_key AS "group", runs.method, datasets.name AS dataset,
       models.name AS model, runs.shots, runs.seed, ${trueStatus('runs')} AS status,
       runs.created_at AS createdAt, runs.natural_accuracy AS "natural", natural.n AS naturalN,
       runs.robust_accuracy AS robust, robust.n AS robustN, robust.attack AS attack
     FROM runs JOIN datasets ON datasets.id = runs.dataset_id
     JOIN models ON models.id = runs.model_id ${RESULT_JOINS}
     WHERE ${where} ORDER BY runs.created_at DESC, runs.id DESC`,
    values,
  );
  const groups = [...Map.groupBy(members, ({ group }) => group).values()].map(groupOf);
  return groups.sort(byNumber(sort));
}

function groupOf(members: Member[]): RunGroup {
  const [{ group, method, dataset, model, shots, createdAt }] = members as [Member, ...Member[]];
  return {
    key: group,
    method,
    dataset,
    model,
    shots,
    runs: members.map(({ id, seed, status }) => ({ id, seed, status })),
    natural: naturalOf(members),
    robust: robustOf(members),
    newestAt: createdAt,
  };
}

/** A seed that was run twice counts once, by its newest run. */
function newestOfSeeds(members: Member[]): Member[] {
  const bySeed = Map.groupBy(members, ({ seed }) => seed);
  return [...bySeed.values()].map(([newest]) => newest as Member);
}

function naturalOf(members: Member[]): RunGroup['natural'] {
  const measured = members.filter(({ natural }) => natural !== null);
  const alike = newestOfSeeds(largest(measured, ({ naturalN }) => `${naturalN}`));
  const [first] = alike;
  if (!first) return null;
  const { n, mean, std } = summarizeSeeds(alike.map(({ natural }) => natural ?? 0));
  return { n, mean, std, images: first.naturalN ?? 0 };
}

/** Accuracies under different attacks, or on different numbers of images, have no mean. */
function robustOf(members: Member[]): RunGroup['robust'] {
  const attacked = members.filter(({ robust, attack }) => robust !== null && attack !== null);
  const alike = newestOfSeeds(largest(attacked, ({ attack, robustN }) => `${attack} ${robustN}`));
  const [first] = alike;
  if (!first?.attack) return null;
  const { n, mean, std } = summarizeSeeds(alike.map(({ robust }) => robust ?? 0));
  const attack = evaluationAttackSchema.parse(JSON.parse(first.attack));
  return { n, mean, std, images: first.robustN ?? 0, attack };
}

function largest(members: Member[], keyOf: (member: Member) => string): Member[] {
  const alike = [...Map.groupBy(members, keyOf).values()];
  return alike.reduce((most, next) => (next.length > most.length ? next : most), []);
}

/** Groups without the number come last, whichever way is up. */
function byNumber({ by, descending }: RunSort): (a: RunGroup, b: RunGroup) => number {
  const number = ({ natural, robust, newestAt }: RunGroup) => {
    if (by === 'natural') return natural?.mean ?? null;
    return by === 'robust' ? (robust?.mean ?? null) : newestAt;
  };
  return (a, b) => {
    const [left, right] = [number(a), number(b)];
    if (left === null || right === null) return Number(left === null) - Number(right === null);
    return descending ? right - left : left - right;
  };
}
