import type { RunFilter, RunSort } from '../../shared/api/run-query.ts';
import type { RunGroup } from '../../shared/api/runs.ts';
import { evaluationAttackSchema } from '../../shared/attack.ts';
import { newestOfSeeds } from '../../shared/newest-of-seeds.ts';
import { mean, sampleStd } from '../statistics/seeds.ts';
import type { Database } from '../store/database.ts';
import { conditions, listRuns, RESULT_JOINS, type RunListRow } from '../store/run-list.ts';
import { all } from '../store/statement.ts';

/** What of a run its group's numbers are made of; thousands are read at once. */
type Member = {
  id: string;
  group: string;
  seed: number;
  createdAt: number;
  natural: number | null;
  naturalN: number | null;
  robust: number | null;
  robustN: number | null;
  attack: string | null;
};

type Summary = {
  members: [Member, ...Member[]];
  natural: Member[];
  robust: Member[];
};

/**
 * Runs that differ in their seed alone, as one row with mean and standard deviation: a page of such
 * rows, and how many there are.
 */
export function groupRuns(
  db: Database,
  filter: RunFilter,
  sort: RunSort,
  { offset, limit }: { offset: number; limit: number },
): { total: number; groups: RunGroup[] } {
  const byGroup = Map.groupBy(membersOf(db, filter), ({ group }) => group);
  const summaries = [...byGroup.values()].map(summaryOf).sort(byNumber(sort));
  const page = summaries.slice(offset, offset + limit);
  const ids = page.flatMap(({ members }) => members.map(({ id }) => id));
  const rows = listRuns(db, { ids }, { limit: ids.length });
  const found = new Map(rows.map((row) => [row.id, row]));
  return { total: summaries.length, groups: page.map((summary) => groupOf(summary, found)) };
}

/** Newest first. */
function membersOf(db: Database, filter: RunFilter): Member[] {
  const { where, values } = conditions(filter);
  return all<Member>(
    db,
    `SELECT runs.id, runs.group_key AS "group", runs.seed, runs.created_at AS createdAt,
       runs.natural_accuracy AS "natural", natural.n AS naturalN,
       runs.robust_accuracy AS robust, robust.n AS robustN, robust.attack AS attack
     FROM runs ${RESULT_JOINS} WHERE ${where} ORDER BY runs.created_at DESC, runs.id DESC`,
    values,
  );
}

/**
 * The runs behind each mean. Accuracies under different attacks, or on different numbers of images,
 * have no mean: the most that are alike count. A seed that was run twice counts once, by its newest.
 */
function summaryOf(group: Member[]): Summary {
  const members = group as Summary['members'];
  const natural = members.filter(({ natural: accuracy }) => accuracy !== null);
  const robust = members.filter(({ robust: accuracy }) => accuracy !== null);
  return {
    members,
    natural: newestOfSeeds(largest(natural, ({ naturalN }) => `${naturalN}`)),
    robust: newestOfSeeds(largest(robust, ({ attack, robustN }) => `${attack} ${robustN}`)),
  };
}

function largest(members: Member[], keyOf: (member: Member) => string): Member[] {
  if (members.length < 2) return members;
  const alike = [...Map.groupBy(members, keyOf).values()];
  return alike.reduce((most, next) => (next.length > most.length ? next : most), []);
}

const naturalOf = ({ natural }: Member) => natural ?? 0;
const robustOf = ({ robust }: Member) => robust ?? 0;

function groupOf({ members, natural, robust }: Summary, found: Map<string, RunListRow>): RunGroup {
  const rows = members.flatMap(({ id }) => found.get(id) ?? []);
  const { method, dataset, model, shots } = rows[0] as RunListRow;
  const attack = robust[0]?.attack;
  return {
    key: members[0].group,
    method,
    dataset,
    model,
    shots,
    runs: rows.map(({ id, seed, status }) => ({ id, seed, status })),
    natural: natural[0]
      ? { ...overSeeds(natural.map(naturalOf)), images: natural[0].naturalN ?? 0 }
      : null,
    robust:
      robust[0] && attack
        ? {
            ...overSeeds(robust.map(robustOf)),
            images: robust[0].robustN ?? 0,
            attack: evaluationAttackSchema.parse(JSON.parse(attack)),
          }
        : null,
    newestAt: members[0].createdAt,
  };
}

function overSeeds(values: number[]) {
  return { n: values.length, mean: mean(values), std: sampleStd(values) };
}

/** Groups without the number come last, whichever way is up. */
function byNumber({ by, descending }: RunSort): (a: Summary, b: Summary) => number {
  const meanOf = (members: Member[], of: (member: Member) => number) =>
    members.length > 0 ? mean(members.map(of)) : null;
  const numbers = new Map<Summary, number | null>();
  const number = (summary: Summary) => {
    const { natural, robust, members } = summary;
    if (by === 'created' || by === 'ended') return members[0].createdAt;
    if (!numbers.has(summary)) {
      const value = by === 'natural' ? meanOf(natural, naturalOf) : meanOf(robust, robustOf);
      numbers.set(summary, value);
    }
    return numbers.get(summary) ?? null;
  };
  return (a, b) => {
    const [left, right] = [number(a), number(b)];
    if (left === null || right === null) return Number(left === null) - Number(right === null);
    return descending ? right - left : left - right;
  };
}
