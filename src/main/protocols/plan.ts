import type { ProtocolName } from '../../shared/api-protocol.ts';
import type { EvaluationAttack } from '../../shared/attack.ts';
import { METHODS } from '../../shared/method-catalogue.ts';
import type { ClassSet, MethodName, RunConfig } from '../../shared/run-config.ts';
import { type AttackOptions, attackOf, NATURAL } from '../api/create-run.ts';
import { buildConfig } from '../api/run-settings.ts';
import { publishedSettings } from './published-settings.ts';

/** What a protocol is planned from: names only, nothing of a workspace. */
export type PlanOptions = {
  methods: MethodName[];
  datasets: string[];
  /** Cross-dataset: what is trained on. */
  source: string | null;
  model: string;
  /** Few-shot runs through all of them; the others take the first. */
  shots: number[];
  seeds: number[];
  attack: AttackOptions;
  /** Settings of a preset, by method, as `path=value`; they win over the published ones. */
  presetSettings(method: MethodName): string[];
  /** Settings that the person gives for every run; they win over both. */
  set: string[];
  /** Ablation: the switches of the loss one at a time, instead of its terms. */
  switches: boolean;
  /** Ablation: keys of the rows that are made; absent: all. */
  rows?: string[] | null;
};

export type Measure = 'natural' | 'robust';

/** Where a number stands in the tables. */
export type Place = { section: string; column: string };

export type PlannedTest = Place & {
  attack: EvaluationAttack;
  dataset: string;
  classes: ClassSet;
  measure: Measure;
};

/** One run of a protocol with everything that is measured on it. */
export type Cell = {
  title: string;
  row: string;
  config: RunConfig;
  tests: PlannedTest[];
};

export type Row = { key: string; title: string; method: MethodName; terms?: string[] };

export type Column = {
  key: string;
  title: string;
  /** Made of other columns of its section, seed by seed: their harmonic mean, or their mean. */
  from?: { kind: 'harmonic' | 'mean'; columns: string[] };
};

/** One table; `meanOf` names the sections that it averages, seed by seed. */
export type Section = { key: string; title: string; columns: Column[]; meanOf?: string[] };

export type Plan = { protocol: ProtocolName; rows: Row[]; sections: Section[]; cells: Cell[] };

/** Key of what is averaged; in brackets, since a dataset may be called "average". */
export const AVERAGE = '(average)';

export type NewCell = {
  row: Row;
  dataset: string;
  shots: number;
  seed: number;
  /** What makes the row: wins over every other setting. */
  settings?: string[];
  classes?: ClassSet;
  tests: (Place & { dataset: string; classes: ClassSet })[];
};

/** Every run is given this many shots where it learns from none, so that all protocols share it. */
const SHOTS_OF_NOTHING = 16;

/** A cell with its complete config: natural accuracy and the attack on each of its test sets. */
export function makeCell(protocol: ProtocolName, options: PlanOptions, cell: NewCell): Cell {
  const { method, title } = cell.row;
  const { tuned } = METHODS[method];
  const { dataset, seed, classes = 'all' } = cell;
  const shots = tuned ? cell.shots : SHOTS_OF_NOTHING;
  const config = buildConfig({
    options: { method, dataset, model: options.model, shots, seed },
    set: [
      ...publishedSettings(protocol, { method, dataset, shots }),
      ...options.presetSettings(method),
      ...options.set,
      ...(cell.settings ?? []),
      `classes=${classes}`,
    ],
  });
  const attack = attackOf(config, options.attack);
  return {
    title: [title, dataset, ...(tuned ? [shotsTitle(shots)] : []), `seed ${seed}`].join(', '),
    row: cell.row.key,
    config,
    tests: cell.tests.flatMap((test) => [
      { ...test, attack: NATURAL, measure: 'natural' as const },
      { ...test, attack, measure: 'robust' as const },
    ]),
  };
}

export function methodRows(methods: MethodName[]): Row[] {
  return methods.map((method) => ({ key: method, title: METHODS[method].title, method }));
}

export function shotsTitle(shots: number): string {
  return shots === 1 ? '1 shot' : `${shots} shots`;
}

/** One section a dataset and, where there are several, the average of them. */
export function datasetSections(datasets: string[], columns: Column[]): Section[] {
  const sections = datasets.map((dataset) => ({ key: dataset, title: dataset, columns }));
  if (datasets.length < 2) return sections;
  const title = `average of ${datasets.length} datasets`;
  return [...sections, { key: AVERAGE, title, columns, meanOf: datasets }];
}
