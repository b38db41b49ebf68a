import type { RunGroup, RunItem } from '../../shared/api/runs.ts';
import { newestOfSeeds } from '../../shared/newest-of-seeds.ts';
import { METHOD_NAMES } from '../../shared/run-config.ts';

/** What can stand on a side: the seeds of one configuration, or one of its runs. */
export type SideOption = {
  /** The ids joined by a comma, as the address has them. */
  value: string;
  runs: string[];
  group: RunGroup;
  /** Null: every seed. */
  seed: number | null;
};

const COMPARABLE = new Set(['finished', 'stopped']);

/** Everything that was measured: each configuration with all its seeds first, then run by run. */
export function sideOptions(groups: readonly RunGroup[]): SideOption[] {
  return groups.flatMap((group) => {
    const runs = measuredRuns(group);
    const single = runs.map(({ id, seed }) => ({ value: id, runs: [id], group, seed }));
    const ids = newestOfSeeds(runs).map(({ id }) => id);
    if (ids.length < 2) return single;
    return [{ value: ids.join(','), runs: ids, group, seed: null }, ...single];
  });
}

/** The runs of a group that a comparison can hold, by seed. */
function measuredRuns({ runs, natural }: RunGroup) {
  if (natural === null) return [];
  return runs
    .filter(({ status }) => COMPARABLE.has(status))
    .toSorted((one, other) => one.seed - other.seed);
}

/** The option that a side's runs are, whatever their order. */
export function optionOf(options: readonly SideOption[], runs: readonly string[]) {
  const key = runs.toSorted().join();
  return options.find((option) => option.runs.toSorted().join() === key) ?? null;
}

type SidePair = { a: SideOption; b: SideOption };

/** What a method is held against before any other: what it was made from. */
const BASES = ['fap', 'zero-shot'] as const;

/**
 * The newest pair that was measured on one dataset and model under one attack, preferring CBA-FAPT
 * against FAP, then against zero-shot; null where there are no two such configurations.
 */
export function suggestPair(groups: readonly RunGroup[]): SidePair | null {
  const newest = newestFirst(groups);
  const wanted = [...newest.filter(({ method }) => method === 'cba-fapt'), ...newest];
  for (const group of wanted) {
    const base = baseOf(newest, group);
    const [a] = base ? sideOptions([base]) : [];
    const [b] = sideOptions([group]);
    if (a && b) return { a, b };
  }
  return null;
}

/** What to hold a chosen side against: its base, with the same seeds where it has them. */
export function counterpartOf(groups: readonly RunGroup[], chosen: SideOption): SideOption | null {
  const base = baseOf(newestFirst(groups), chosen.group);
  if (!base) return null;
  const options = sideOptions([base]);
  return options.find(({ seed }) => seed === chosen.seed) ?? options[0] ?? null;
}

function newestFirst(groups: readonly RunGroup[]): RunGroup[] {
  return groups
    .filter((group) => measuredRuns(group).length > 0)
    .toSorted((one, other) => other.newestAt - one.newestAt);
}

function baseOf(newest: readonly RunGroup[], group: RunGroup): RunGroup | null {
  const alike = newest.filter((other) => other.key !== group.key && isAlike(other, group));
  const base = BASES.map((name) => alike.find(({ method }) => method === name)).find(Boolean);
  return base ?? alike[0] ?? null;
}

/** Zero-shot has no shots of its own, so it stands beside any. */
function isAlike(one: RunGroup, other: RunGroup): boolean {
  const isZeroShot = [one, other].some(({ method }) => method === 'zero-shot');
  return (
    one.dataset === other.dataset &&
    one.model === other.model &&
    (one.shots === other.shots || isZeroShot) &&
    JSON.stringify(one.robust?.attack) === JSON.stringify(other.robust?.attack)
  );
}

/**
 * The two sides that chosen runs make: two runs, or the runs of two configurations; null where they
 * make none. The method that stands earlier in the catalogue is the one compared with, so it is A.
 */
export function sidesOfRuns(
  runs: readonly Pick<RunItem, 'id' | 'group' | 'method'>[],
): { a: string[]; b: string[] } | null {
  const groups = [...Map.groupBy(runs, ({ group }) => group).values()];
  const parts = runs.length === 2 ? runs.map((run) => [run]) : groups;
  const [one, other, ...more] = parts.toSorted((x, y) => rank(x) - rank(y));
  if (!one || !other || more.length > 0) return null;
  return { a: one.map(({ id }) => id), b: other.map(({ id }) => id) };
}

function rank(runs: readonly Pick<RunItem, 'method'>[]): number {
  return runs[0] ? METHOD_NAMES.indexOf(runs[0].method) : 0;
}
