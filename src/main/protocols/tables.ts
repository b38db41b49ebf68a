import type { Measured, ProtocolTable } from '../../shared/api-protocol.ts';
import { mean, summarizeSeeds } from '../statistics/seeds.ts';
import { type CellState, isFinished } from './cell-states.ts';
import type { Column, Measure, Plan, Row, Section } from './plan.ts';

type Known = { accuracy: number; images: number };
type Values = Map<string, Known>;
type At = { section: Section; row: Row; column: Column; measure: Measure };

/** The published accuracy of a place in a table, or null. */
export type PaperValue = (at: At) => number | null;

/** A protocol's tables from what is finished, the published numbers beside ours. */
export function protocolTables(
  plan: Plan,
  states: readonly CellState[],
  paper: PaperValue,
): ProtocolTable[] {
  const values = valuesOf(states);
  const seeds = [...new Set(plan.cells.map(({ config }) => config.seed))];
  return plan.sections.map((section) => ({
    title: section.title,
    columns: section.columns.map(({ key, title }) => ({ key, title })),
    rows: plan.rows.map((row) => ({
      key: row.key,
      title: row.title,
      method: row.method,
      cells: section.columns.map((column) => {
        const at = (measure: Measure) => ({ section, row, column, measure });
        return {
          column: column.key,
          natural: overSeeds(values, at('natural'), seeds),
          robust: overSeeds(values, at('robust'), seeds),
          paper: { natural: paper(at('natural')), robust: paper(at('robust')) },
        };
      }),
    })),
  }));
}

/** 2 a b / (a + b), of two numbers from 0; 0 where one of them is. */
export function harmonicMean(a: number, b: number): number {
  return a + b === 0 ? 0 : (2 * a * b) / (a + b);
}

function keyOf(...parts: (string | number)[]): string {
  return JSON.stringify(parts);
}

function valuesOf(states: readonly CellState[]): Values {
  const values: Values = new Map();
  for (const { cell, tests } of states) {
    for (const state of tests) {
      const { evaluation, test } = state;
      if (!evaluation || !isFinished(state)) continue;
      const [right, images] =
        test.measure === 'natural'
          ? [evaluation.cleanRight, evaluation.n]
          : [evaluation.robustRight, evaluation.attacked];
      if (images === 0) continue;
      const key = keyOf(test.section, cell.row, test.column, test.measure, cell.config.seed);
      values.set(key, { accuracy: right / images, images });
    }
  }
  return values;
}

function overSeeds(values: Values, at: At, seeds: number[]): Measured | null {
  const found = seeds.flatMap((seed) => {
    const accuracy = valueAt(values, at, seed);
    return accuracy === null ? [] : [{ seed, accuracy }];
  });
  const accuracies = found.map(({ accuracy }) => accuracy);
  if (accuracies.length === 0) return null;
  const { section, row, column, measure } = at;
  const [first] = found.map(({ seed }) =>
    values.get(keyOf(section.key, row.key, column.key, measure, seed)),
  );
  return {
    ...summarizeSeeds(accuracies),
    images: first?.images ?? null,
  };
}

/** One seed's accuracy; null unless everything that it is made of is there. */
function valueAt(values: Values, at: At, seed: number): number | null {
  const { section, row, column, measure } = at;
  if (column.from) {
    const parts = column.from.columns.map((key) => {
      const part = section.columns.find((other) => other.key === key) as Column;
      return valueAt(values, { ...at, column: part }, seed);
    });
    const [a, b] = parts;
    if (parts.some((part) => part === null)) return null;
    return column.from.kind === 'mean'
      ? mean(parts as number[])
      : harmonicMean(a as number, b as number);
  }
  const of = section.meanOf ?? [section.key];
  const parts = of.map((key) => values.get(keyOf(key, row.key, column.key, measure, seed)));
  if (parts.some((part) => part === undefined)) return null;
  return mean(parts.map((part) => (part as Known).accuracy));
}
