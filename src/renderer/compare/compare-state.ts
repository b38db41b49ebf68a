import type { LocationQuery, LocationQueryRaw } from 'vue-router';
import { CELLS } from '../../shared/api/compare.ts';
import { METHOD_NAMES, type MethodName } from '../../shared/run-config.ts';

export const COMPARE_TABS = [
  'statistics',
  'classes',
  'images',
  'curves',
  'datasets',
  'attribution',
] as const;
export type CompareTab = (typeof COMPARE_TABS)[number];

export type Cell = (typeof CELLS)[number];

/** All that the screen shows, as it stands in its address. */
export type CompareState = {
  /** Ids of the runs of each side, one a seed. */
  a: string[];
  b: string[];
  tab: CompareTab;
  /** The image that is looked at, by its path in the split. */
  image: string | null;
  /** Under attack, or without one. */
  attacked: boolean;
  /** Key of the attack; null: the newest that all runs met. */
  attack: string | null;
  /** Which pair of runs an image or a map is of; null: the first. */
  seed: number | null;
  /** Which images are walked through: those where the sides are right so; null: all. */
  cell: Cell | null;
  /** True class of the images walked through; null: every class. */
  label: number | null;
  /** Class that a side took them for; null: any. */
  predicted: { side: 'a' | 'b'; label: number } | null;
  /** Methods laid beside each other over several datasets; none: those of the two sides. */
  methods: MethodName[];
  /** Which runs of those methods; null: the model of the sides. */
  scope: { model: string; shots: number | null } | null;
};

const ANY = 'any';

export const EMPTY_STATE: CompareState = {
  a: [],
  b: [],
  tab: 'statistics',
  image: null,
  attacked: true,
  attack: null,
  seed: null,
  cell: 'onlyB',
  label: null,
  predicted: null,
  methods: [],
  scope: null,
};

/** Where a comparison stands, for a link to it from anywhere. */
export function compareLink(state: Partial<CompareState>): {
  path: string;
  query: LocationQueryRaw;
} {
  return { path: '/compare', query: stateToQuery({ ...EMPTY_STATE, ...state }) };
}

/** Only what differs from the screen's beginning stands in the address. */
export function stateToQuery(state: CompareState): LocationQueryRaw {
  const { a, b, tab, image, attacked, attack, seed, cell, label, predicted, methods, scope } =
    state;
  return {
    a: a.join(',') || undefined,
    b: b.join(',') || undefined,
    tab: tab === EMPTY_STATE.tab ? undefined : tab,
    image: image ?? undefined,
    view: attacked ? undefined : 'clean',
    attack: attack ?? undefined,
    seed: seed ?? undefined,
    cell: cell === EMPTY_STATE.cell ? undefined : (cell ?? ANY),
    label: label ?? undefined,
    predicted: predicted ? `${predicted.side}:${predicted.label}` : undefined,
    methods: methods.join(',') || undefined,
    scope: scope ? `${scope.shots ?? ''}:${scope.model}` : undefined,
  };
}

/** What an address says; what cannot be read of it is as in the beginning. */
export function queryToState(query: LocationQuery): CompareState {
  const text = (key: string): string => (typeof query[key] === 'string' ? query[key] : '');
  return {
    a: idsOf(text('a')),
    b: idsOf(text('b')),
    tab: COMPARE_TABS.find((tab) => tab === text('tab')) ?? EMPTY_STATE.tab,
    image: text('image') || null,
    attacked: text('view') !== 'clean',
    attack: text('attack') || null,
    seed: numberOf(text('seed')),
    cell:
      text('cell') === ANY
        ? null
        : (CELLS.find((cell) => cell === text('cell')) ?? EMPTY_STATE.cell),
    label: numberOf(text('label')),
    predicted: predictedOf(text('predicted')),
    methods: METHOD_NAMES.filter((name) => idsOf(text('methods')).includes(name)),
    scope: scopeOf(text('scope')),
  };
}

function idsOf(text: string): string[] {
  return [...new Set(text.split(',').filter((id) => id !== ''))];
}

function numberOf(text: string): number | null {
  return /^\d+$/.test(text) ? Number(text) : null;
}

function predictedOf(text: string): CompareState['predicted'] {
  const [, side, label] = /^([ab]):(\d+)$/.exec(text) ?? [];
  return side ? { side: side as 'a' | 'b', label: Number(label) } : null;
}

function scopeOf(text: string): CompareState['scope'] {
  const [, shots, model] = /^(\d*):(.+)$/.exec(text) ?? [];
  return model ? { model, shots: shots ? Number(shots) : null } : null;
}
