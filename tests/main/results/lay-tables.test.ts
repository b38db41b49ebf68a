import { describe, expect, it } from 'vitest';
import { planBaseToNew } from '../../../src/main/protocols/base-to-new.ts';
import type { CellState } from '../../../src/main/protocols/cell-states.ts';
import { planCrossDataset } from '../../../src/main/protocols/cross-dataset.ts';
import type { Plan, PlanOptions } from '../../../src/main/protocols/plan.ts';
import { protocolTables } from '../../../src/main/protocols/tables.ts';
import { loadPaperTables } from '../../../src/main/reference/load-paper-tables.ts';
import { type Ours, ownTables, paperTable } from '../../../src/main/results/lay-tables.ts';
import { paperLayout } from '../../../src/main/results/paper-layout.ts';
import type { EvaluationRow } from '../../../src/main/store/evaluations.ts';
import type { ResultsReport, ResultsTable, Unlike } from '../../../src/shared/api/results.ts';
import type { ProtocolName } from '../../../src/shared/api-protocol.ts';

const paper = await loadPaperTables();
const targets = paper.datasets.map(({ name }) => name).filter((name) => name !== 'ImageNet');
const options: PlanOptions = {
  methods: ['fap'],
  datasets: ['dtd', 'EuroSAT'],
  source: 'ImageNet',
  model: 'm',
  shots: [16],
  seeds: [1, 2],
  attack: {},
  presetSettings: () => [],
  set: [],
  switches: false,
};
const NONE: ResultsReport['unlike'] = { natural: [], robust: [] };

/** Everything measured on ten images: five right with seed 1, six with seed 2. */
function oursOf(plan: Plan): Ours {
  const states = plan.cells.map((cell): CellState => {
    const right = 4 + cell.config.seed;
    const counts = { n: 10, cleanRight: right, attacked: 10, robustRight: right };
    const evaluation = { status: 'finished', ...counts } as EvaluationRow;
    const tests = cell.tests.map((test) => ({ test, images: 10, classes: 2, evaluation }));
    return { cell, state: 'finished', run: null, stepsLeft: 0, tests };
  });
  return { plan, states, tables: protocolTables(plan, states, () => null) };
}

function tableOf(protocol: ProtocolName, isWhole: boolean, ours: Ours | null, unlike = NONE) {
  const layout = paperLayout(paper, protocol, isWhole);
  if (!layout) throw new Error(`${protocol} has no table`);
  return paperTable(paper, layout, ours, unlike);
}

const cellOf = ({ rows }: ResultsTable, row: string, column: string) =>
  rows.find(({ key }) => key === row)?.cells.find((cell) => cell.column === column);

describe("the paper's table with ours in it", () => {
  const ours = oursOf(planCrossDataset(options));

  it('has the difference and its interval over seeds where both are there', () => {
    const cell = cellOf(tableOf('cross-dataset', false, ours), 'fap', 'DescribableTextures');
    const { ours: mine, paper: printed, difference, differenceCi } = cell?.robust ?? {};
    expect(printed).toBe(0.1693);
    expect(mine).toMatchObject({ n: 2, images: 10 });
    expect(difference).toBeCloseTo(0.55 - 0.1693, 12);
    // t(0.975, 1) = 12.7062, standard error 0.0707107 / sqrt(2) = 0.05
    expect(differenceCi?.[0]).toBeCloseTo(0.55 - 0.1693 - 12.7062 * 0.05, 4);
    expect(differenceCi?.[1]).toBeCloseTo(0.55 - 0.1693 + 12.7062 * 0.05, 4);
  });

  it('has no interval for a single seed', () => {
    const one = oursOf(planCrossDataset({ ...options, seeds: [1] }));
    const cell = cellOf(tableOf('cross-dataset', false, one), 'fap', 'EuroSAT');
    expect(cell?.natural.difference).not.toBeNull();
    expect(cell?.natural.differenceCi).toBeNull();
  });

  it('keeps columns of datasets that are not there, and names the runs behind the others', () => {
    const table = tableOf('cross-dataset', false, ours);
    expect(table.columns).toHaveLength(12);
    expect(table.columns.find(({ key }) => key === 'Food101')?.absent).toBe('dataset');
    const food = cellOf(table, 'fap', 'Food101');
    expect(food).toMatchObject({ natural: { ours: null }, runs: [] });
    expect(food?.natural.paper).not.toBeNull();
    expect(cellOf(table, 'fap', 'EuroSAT')?.runs).toEqual([
      'FAP, ImageNet, 16 shots, seed 1',
      'FAP, ImageNet, 16 shots, seed 2',
    ]);
  });

  it('has an average of ours only over the same eleven', () => {
    expect(
      cellOf(tableOf('cross-dataset', false, ours), 'fap', '(average)')?.natural.ours,
    ).toBeNull();
    const whole = oursOf(planCrossDataset({ ...options, datasets: targets }));
    const cell = cellOf(tableOf('cross-dataset', true, whole), 'fap', '(average)');
    expect(cell?.natural.ours?.mean).toBeCloseTo(0.55, 12);
    expect(cell?.natural.difference).not.toBeNull();
  });

  it('shows no difference where ours is no measurement of the same thing', () => {
    const split: Unlike = { what: 'split', ours: 'a', paper: 'b', dataset: 'EuroSAT' };
    const subset: Unlike = { what: 'subset', ours: '100', paper: '', dataset: null };
    const unlike = { natural: [split], robust: [split, subset] };
    const table = tableOf('cross-dataset', false, ours, unlike);
    const unlikeAt = (column: string) => {
      const cell = cellOf(table, 'fap', column);
      return [cell?.natural, cell?.robust].map((value) => [
        value?.unlike,
        value?.difference === null,
      ]);
    };
    expect(unlikeAt('EuroSAT')).toEqual([
      [true, true],
      [true, true],
    ]);
    expect(unlikeAt('DescribableTextures')).toEqual([
      [false, false],
      [true, true],
    ]);
  });

  it('stands alone where nothing of ours can be planned', () => {
    const table = tableOf('base-to-new', false, null);
    expect(table.columns.map(({ absent }) => absent)).toEqual([null, null, null]);
    expect(cellOf(table, 'cba-fapt', 'new')?.robust).toMatchObject({ ours: null, paper: 0.2544 });
  });
});

describe('tables of our own', () => {
  it('have no number of the paper, and further methods stand below its own', () => {
    const plan = planBaseToNew({ ...options, source: null, methods: ['coop', 'fap'] });
    const ours = oursOf(plan);
    const own = ownTables(ours);
    expect(own.map(({ kind, name, count }) => [kind, name, count])).toEqual([
      ['dataset', 'dtd', 1],
      ['dataset', 'EuroSAT', 1],
      ['average', '', 2],
    ]);
    const values = own.flatMap(({ rows }) => rows.flatMap(({ cells }) => cells));
    expect(
      values.every(({ natural, robust }) => natural.paper === null && robust.paper === null),
    ).toBe(true);
    expect(own[2]?.rows[0]?.cells[2]?.runs).toHaveLength(4);
    expect(
      tableOf('base-to-new', false, ours)
        .rows.map(({ key }) => key)
        .slice(-3),
    ).toEqual(['fap', 'cba-fapt', 'coop']);
  });
});
