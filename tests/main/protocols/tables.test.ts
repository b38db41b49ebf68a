import { describe, expect, it } from 'vitest';
import { planBaseToNew } from '../../../src/main/protocols/base-to-new.ts';
import type { CellState } from '../../../src/main/protocols/cell-states.ts';
import { planCrossDataset } from '../../../src/main/protocols/cross-dataset.ts';
import { paperValues } from '../../../src/main/protocols/paper-values.ts';
import type { Plan, PlanOptions } from '../../../src/main/protocols/plan.ts';
import { harmonicMean, protocolTables } from '../../../src/main/protocols/tables.ts';
import { loadPaperTables } from '../../../src/main/reference/load-paper-tables.ts';
import type { EvaluationRow } from '../../../src/main/store/evaluations.ts';
import type { ProtocolFacts, ProtocolTable } from '../../../src/shared/api-protocol.ts';

const options: PlanOptions = {
  methods: ['fap'],
  datasets: ['cats', 'dogs'],
  source: null,
  model: 'm',
  shots: [16],
  seeds: [1, 2],
  attack: {},
  presetSettings: () => [],
  set: [],
  switches: false,
};

/** Every test finished with so many right of ten, or not there where `right` says null. */
function statesOf(
  { cells }: Plan,
  right: (place: string, measure: string, seed: number) => number | null,
): CellState[] {
  return cells.map((cell) => ({
    cell,
    state: 'finished',
    run: null,
    stepsLeft: 0,
    tests: cell.tests.map((test) => {
      const count = right(`${test.dataset} ${test.classes}`, test.measure, cell.config.seed);
      const counts = { n: 10, cleanRight: count, attacked: 10, robustRight: count };
      const evaluation = count === null ? null : { status: 'finished', ...counts };
      return { test, images: 10, classes: 2, evaluation: evaluation as EvaluationRow | null };
    }),
  }));
}

const cellAt = (tables: ProtocolTable[], title: string, column: string, row = 0) =>
  tables
    .find((table) => table.title === title)
    ?.rows[row]?.cells.find((cell) => cell.column === column);

describe('harmonicMean', () => {
  it('is 2 a b / (a + b)', () => {
    // 2 * 0.6 * 0.4 / 1.0
    expect(harmonicMean(0.6, 0.4)).toBeCloseTo(0.48, 12);
    expect(harmonicMean(0.7074, 0.5574)).toBeCloseTo(0.62351, 5);
    expect(harmonicMean(0, 0)).toBe(0);
    expect(harmonicMean(1, 0)).toBe(0);
  });
});

describe('protocolTables', () => {
  const plan = planBaseToNew(options);
  const counts: Record<string, number[]> = {
    'cats base': [6, 8],
    'cats new': [4, 2],
    'dogs base': [10, 10],
    'dogs new': [5, 5],
  };
  const none = () => null;

  it('gives means and sample deviations over seeds, and harmonic means seed by seed', () => {
    const states = statesOf(plan, (place, _, seed) => counts[place]?.[seed - 1] ?? null);
    const tables = protocolTables(plan, states, none);
    const base = cellAt(tables, 'cats', 'base')?.natural;
    expect(base).toMatchObject({ n: 2, images: 10 });
    expect(base?.mean).toBeCloseTo(0.7, 12);
    // (0.6 - 0.7)^2 + (0.8 - 0.7)^2 = 0.02, over n - 1 = 1
    expect(base?.std).toBeCloseTo(Math.sqrt(0.02), 12);
    // 2 * 0.6 * 0.4 / 1 = 0.48 and 2 * 0.8 * 0.2 / 1 = 0.32
    const harmonic = cellAt(tables, 'cats', 'harmonic')?.robust;
    expect(harmonic?.mean).toBeCloseTo(0.4, 12);
    expect(harmonic).toMatchObject({ n: 2, images: null });
    // Plain means of the datasets: (0.7 + 1) / 2 and (0.3 + 0.5) / 2
    expect(cellAt(tables, 'average of 2 datasets', 'base')?.natural?.mean).toBeCloseTo(0.85, 12);
    expect(cellAt(tables, 'average of 2 datasets', 'new')?.natural?.mean).toBeCloseTo(0.4, 12);
  });

  it('leaves empty what is not there, and averages only what is whole', () => {
    const states = statesOf(plan, (place, measure, seed) =>
      measure === 'robust' || (place === 'dogs new' && seed === 2)
        ? null
        : (counts[place]?.[seed - 1] ?? null),
    );
    const tables = protocolTables(plan, states, none);
    expect(cellAt(tables, 'cats', 'base')?.robust).toBeNull();
    expect(cellAt(tables, 'dogs', 'new')?.natural).toMatchObject({ n: 1, std: null });
    expect(cellAt(tables, 'dogs', 'harmonic')?.natural?.n).toBe(1);
    // Seed 1 alone: (0.4 + 0.5) / 2
    const average = cellAt(tables, 'average of 2 datasets', 'new')?.natural;
    expect(average?.n).toBe(1);
    expect(average?.mean).toBeCloseTo(0.45, 12);
  });
});

describe('paperValues', async () => {
  const paper = await loadPaperTables();
  const facts = (given: Partial<ProtocolFacts>): ProtocolFacts => ({
    protocol: 'cross-dataset',
    preset: null,
    demo: false,
    model: 'm',
    methods: ['fap'],
    datasets: ['Caltech101'],
    source: 'ImageNet',
    shots: [16],
    seeds: [1],
    attack: {} as ProtocolFacts['attack'],
    settings: [],
    cautions: [],
    ...given,
  });
  const crossTable = (given: Partial<ProtocolFacts>) => {
    const all = facts(given);
    const { datasets, source, shots } = all;
    const plan = planCrossDataset({ ...options, datasets, source, shots });
    return protocolTables(plan, [], paperValues(paper, all))[0]?.rows[0]?.cells;
  };
  const printed = paper.tables.crossDataset.rows.find(({ method }) => method === 'fap');

  it('stands beside the same training set and test set, whatever the spelling', () => {
    const share = (value = Number.NaN) => Math.round(value * 100) / 10_000;
    const caltech = {
      natural: share(printed?.natural.datasets.Caltech101),
      robust: share(printed?.robust.datasets.Caltech101),
    };
    const cells = crossTable({ datasets: ['Caltech101', 'demo'] });
    expect(cells?.map((cell) => cell.paper)).toEqual([
      {
        natural: share(printed?.natural.datasets.ImageNet),
        robust: share(printed?.robust.datasets.ImageNet),
      },
      caltech,
      { natural: null, robust: null },
      { natural: null, robust: null },
    ]);
    expect(crossTable({ datasets: ['caltech-101'] })?.[1]?.paper).toEqual(caltech);
  });

  it('is left out beside another training set or other shots', () => {
    const none = { natural: null, robust: null };
    expect(crossTable({ source: 'EuroSAT' })?.[1]?.paper).toEqual(none);
    expect(crossTable({ shots: [4] })?.[1]?.paper).toEqual(none);
  });

  it('gives averages only beside all eleven datasets', () => {
    const names = paper.datasets.map(({ name }) => name);
    const [source, ...datasets] = names;
    const whole = crossTable({ source: source as string, datasets });
    expect(whole?.at(-1)?.paper.natural).toBeCloseTo((printed?.natural.average ?? 0) / 100, 12);
    expect(crossTable({ datasets: datasets.slice(1) })?.at(-1)?.paper.natural).toBeNull();

    const halves = (given: string[]) => {
      const all = facts({ protocol: 'base-to-new', source: null, datasets: given });
      const plan = planBaseToNew({ ...options, datasets: given });
      return protocolTables(plan, [], paperValues(paper, all)).at(-1)?.rows[0]?.cells;
    };
    expect(halves(names)?.map((cell) => cell.paper)).toEqual([
      { natural: 0.7052, robust: 0.3805 },
      { natural: 0.4958, robust: 0.2186 },
      { natural: null, robust: null },
    ]);
    expect(halves(names.slice(1))?.[0]?.paper.natural).toBeNull();
  });
});
