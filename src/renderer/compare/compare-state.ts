import type { LocationQuery, LocationQueryRaw } from 'vue-router';

export const COMPARE_TABS = [
  'statistics',
  'classes',
  'images',
  'curves',
  'datasets',
  'attribution',
] as const;
export type CompareTab = (typeof COMPARE_TABS)[number];

/** One of the four ways in which two models can be right or wrong about an image. */
export const CELLS = ['both', 'onlyA', 'onlyB', 'neither'] as const;
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
  /** Which images are walked through. */
  cell: Cell;
  /** True class of the images walked through; null: every class. */
  label: number | null;
  /** Class that a side took them for; null: any. */
  predicted: { side: 'a' | 'b'; label: number } | null;
};

export const EMPTY_STATE: CompareState = {
  a: [],
  b: [],
  tab: 'statistics',
  image: null,
  attacked: true,
  cell: 'onlyB',
  label: null,
  predicted: null,
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
  const { a, b, tab, image, attacked, cell, label, predicted } = state;
  return {
    a: a.join(',') || undefined,
    b: b.join(',') || undefined,
    tab: tab === EMPTY_STATE.tab ? undefined : tab,
    image: image ?? undefined,
    view: attacked ? undefined : 'clean',
    cell: cell === EMPTY_STATE.cell ? undefined : cell,
    label: label ?? undefined,
    predicted: predicted ? `${predicted.side}:${predicted.label}` : undefined,
  };
}

/** What an address says; what cannot be read of it is as in the beginning. */
export function queryToState(query: LocationQuery): CompareState {
  const text = (key: string): string => (typeof query[key] === 'string' ? query[key] : '');
  const one = <T extends string>(key: string, of: readonly T[], otherwise: T): T =>
    of.find((value) => value === text(key)) ?? otherwise;
  return {
    a: idsOf(text('a')),
    b: idsOf(text('b')),
    tab: one('tab', COMPARE_TABS, EMPTY_STATE.tab),
    image: text('image') || null,
    attacked: text('view') !== 'clean',
    cell: one('cell', CELLS, EMPTY_STATE.cell),
    label: classOf(text('label')),
    predicted: predictedOf(text('predicted')),
  };
}

function idsOf(text: string): string[] {
  return [...new Set(text.split(',').filter((id) => id !== ''))];
}

function classOf(text: string): number | null {
  return /^\d+$/.test(text) ? Number(text) : null;
}

function predictedOf(text: string): CompareState['predicted'] {
  const [, side, label] = /^([ab]):(\d+)$/.exec(text) ?? [];
  return side ? { side: side as 'a' | 'b', label: Number(label) } : null;
}
