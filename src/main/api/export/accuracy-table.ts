import type { RunGroup } from '../../../shared/api/runs.ts';
import { describeAttack } from '../../../shared/attack.ts';
import { FaptError } from '../../../shared/errors.ts';
import type { ExportColumn, ExportTable } from '../../../shared/export-table.ts';
import type { Database } from '../../store/database.ts';
import type { RunRow } from '../../store/runs.ts';
import { groupRuns } from '../run-groups.ts';
import { groupTitles, runsNamed, settingSentence } from './runs-named.ts';

/** Runs that differ in their seed alone, with the name they go by beside the others. */
export type NamedGroup = RunGroup & { title: string };

/** The groups of these runs, in the order in which their first runs were named. */
export function namedGroups(db: Database, runs: readonly RunRow[]): NamedGroup[] {
  const ids = runs.map(({ id }) => id);
  const page = { offset: 0, limit: ids.length };
  const { groups } = groupRuns(db, { ids }, { by: 'created', descending: false }, page);
  const titles = groupTitles(runs);
  const place = new Map(
    runs.map(({ group }, index) => [group, index]).reverse() as [string, number][],
  );
  return groups
    .map((group) => ({ ...group, title: titles.get(group.key) ?? group.method }))
    .sort((a, b) => (place.get(a.key) ?? 0) - (place.get(b.key) ?? 0));
}

/** @throws FaptError `not-evaluated` where none of the runs has an accuracy */
export function measuredGroups(db: Database, runs: readonly RunRow[]): NamedGroup[] {
  const groups = namedGroups(db, runs);
  if (groups.some(({ natural }) => natural !== null)) return groups;
  throw new FaptError(
    'not-evaluated',
    'None of these runs has been evaluated, so there is no accuracy to export: use "fapt eval RUN" first.',
  );
}

/**
 * Natural and robust accuracy of runs, a row a group of seeds, with mean, standard deviation and number
 * of seeds.
 * @throws FaptError `run-unknown`; `not-evaluated` where none of the runs has an accuracy
 */
export function accuracyTable(db: Database, ids: readonly string[]): ExportTable {
  const runs = runsNamed(db, ids);
  const groups = measuredGroups(db, runs);
  const several = (of: (group: NamedGroup) => unknown) => new Set(groups.map(of)).size > 1;
  const isOneSet = !several(({ dataset }) => dataset) && !several(({ model }) => model);
  const columns: ExportColumn[] = [
    { key: 'method', title: 'Method', kind: 'text' },
    ...textColumn(
      'dataset',
      'Dataset',
      several(({ dataset }) => dataset),
    ),
    ...textColumn(
      'model',
      'Model',
      several(({ model }) => model),
    ),
    ...textColumn('seeds', 'Seeds', true),
    // Better than another is a value of the same data under the same attack only.
    { key: 'natural', title: 'Natural', kind: 'percent', ...(isOneSet ? { best: 'highest' } : {}) },
    {
      key: 'robust',
      title: 'Robust',
      kind: 'percent',
      ...(isOneSet && attacksOf(groups).length === 1 ? { best: 'highest' } : {}),
    },
    ...textColumn('attack', 'Attack', attacksOf(groups).length > 1),
  ];
  return {
    name: 'accuracies',
    caption: `Natural and robust accuracy on ${[...new Set(groups.map(({ dataset }) => dataset))].join(', ')}`,
    protocol: protocolOf(db, runs, groups),
    columns,
    rows: groups.map(rowOf),
    hidden: [],
  };
}

function textColumn(key: string, title: string, isWanted: boolean): ExportColumn[] {
  return isWanted ? [{ key, title, kind: 'text' }] : [];
}

function rowOf({ title, dataset, model, runs, natural, robust }: NamedGroup) {
  return {
    method: title,
    dataset,
    model,
    seeds: seedsOf(runs).join(' '),
    natural: natural && { mean: natural.mean, std: natural.std, n: natural.n },
    robust: robust && { mean: robust.mean, std: robust.std, n: robust.n },
    attack: robust ? describeAttack(robust.attack) : '',
  };
}

function seedsOf(runs: NamedGroup['runs']): number[] {
  return [...new Set(runs.map(({ seed }) => seed))].sort((a, b) => a - b);
}

export function attacksOf(groups: readonly NamedGroup[]): string[] {
  return [
    ...new Set(groups.flatMap(({ robust }) => (robust ? describeAttack(robust.attack) : []))),
  ];
}

/** Attack, size, steps, images and seeds of all numbers in these groups, in a few sentences. */
export function protocolOf(
  db: Database,
  runs: readonly RunRow[],
  groups: readonly NamedGroup[],
): string {
  const counts = (of: (group: NamedGroup) => number | undefined) =>
    [...new Set(groups.flatMap((group) => of(group) ?? []))].join(' or ');
  const robustN = counts(({ robust }) => robust?.images);
  const naturalN = counts(({ natural }) => natural?.images);
  const attacks = attacksOf(groups);
  const robust =
    attacks.length > 0
      ? `Robust: ${attacks.join(' or ')}, white box, on ${robustN} test images. `
      : '';
  const isOverSeeds = groups.some(({ natural }) => (natural?.n ?? 0) > 1);
  const seeds = isOverSeeds ? 'Mean ± sample standard deviation over seeds. ' : 'One seed each. ';
  const natural = `Natural: no attack, on ${naturalN} test images. `;
  return `${robust}${natural}${seeds}${fewerSeeds(groups)}${settingSentence(db, runs)}`;
}

/** Seeds that were measured otherwise than the most are in no mean, which is said. */
function fewerSeeds(groups: readonly NamedGroup[]): string {
  const fewer = groups.flatMap(({ title, runs, ...accuracies }) => {
    const { length } = seedsOf(runs);
    return (['natural', 'robust'] as const).flatMap((of) => {
      const n = accuracies[of]?.n ?? length;
      return n < length ? [`${title} ${of} of ${n} of ${length} seeds`] : [];
    });
  });
  return fewer.length > 0 ? `Only those measured alike count: ${fewer.join(', ')}. ` : '';
}
