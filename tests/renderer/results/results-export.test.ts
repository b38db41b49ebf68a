import { describe, expect, it } from 'vitest';
import { fewShotInput } from '../../../src/renderer/results/few-shot-lines.ts';
import { protocolSentence, resultsExport } from '../../../src/renderer/results/results-export.ts';
import { queryToView, viewToQuery } from '../../../src/renderer/results/view-query.ts';
import {
  type ResultsReport,
  type ResultsTable,
  type ResultsValue,
  resultsViewSchema,
} from '../../../src/shared/api/results.ts';
import { evaluationAttackSchema } from '../../../src/shared/attack.ts';
import { METHODS } from '../../../src/shared/method-catalogue.ts';

const t = (key: string) => key;
const value = (mean: number | null, paper: number | null = null): ResultsValue => ({
  ours: mean === null ? null : { n: 2, mean, std: 0.01, ci: [mean, mean], images: 10 },
  paper,
  difference: mean === null || paper === null ? null : mean - paper,
  differenceCi: null,
  unlike: false,
});

function tableOf(values: Record<string, [string, ResultsValue][]>): ResultsTable {
  const methods = Object.keys(values) as (keyof typeof METHODS)[];
  const columns = values[methods[0] as string]?.map(([key]) => key) ?? [];
  return {
    key: 'cats',
    kind: 'dataset',
    name: 'cats',
    count: 1,
    columns: columns.map((key) => ({ key, kind: 'shots', name: key, absent: null })),
    rows: methods.map((method) => ({
      key: method,
      title: METHODS[method].title,
      method,
      cells: (values[method] ?? []).map(([column, natural]) => ({
        column,
        natural,
        robust: value(null),
        runs: [],
      })),
    })),
  };
}

const report: ResultsReport = {
  view: resultsViewSchema.parse({ protocol: 'few-shot' }),
  facts: {
    protocol: 'few-shot',
    preset: 'paper',
    demo: false,
    model: 'vit',
    methods: ['fap'],
    datasets: ['cats'],
    source: null,
    shots: [1, 2],
    seeds: [1, 2],
    attack: evaluationAttackSchema.parse({ name: 'pgd', steps: 100, subset: 100 }),
    settings: [],
    cautions: [],
  },
  refusal: null,
  paper: { source: 'F 2026', setup: 'ViT, PGD-100', notes: [], notStated: [], printed: true },
  unlike: {
    natural: [],
    robust: [{ what: 'subset', ours: '100', paper: '', dataset: null }],
  },
  absent: [],
  tables: [],
  runs: [],
};

describe('a table that leaves the application', () => {
  const table = tableOf({
    fap: [
      ['1', value(0.5, 0.4)],
      ['2', value(0.6)],
    ],
    'zero-shot': [
      ['1', value(null, 0.3)],
      ['2', value(0.2)],
    ],
  });

  it('has columns of the paper only where it prints any, and fractions in all of them', () => {
    const { columns, rows } = resultsExport(report, table, 'natural', t);
    expect(columns.map(({ key }) => key)).toEqual(['method', '1', '1 paper', '1 difference', '2']);
    expect(rows[0]).toMatchObject({ method: 'FAP', '1': { mean: 0.5, n: 2 }, '1 paper': 0.4 });
    expect(rows[0]?.['1 difference']).toBeCloseTo(0.1, 12);
    expect(rows[1]).toMatchObject({ '1': null, '1 paper': 0.3, '1 difference': null });
  });

  it('says its protocol, and what keeps it from the paper', () => {
    expect(protocolSentence(report, 'natural', t)).toMatch(
      /^All test images, no attack; model vit/,
    );
    const robust = protocolSentence(report, 'robust', t);
    expect(robust).toContain('PGD-100 (ce), eps 1/255');
    expect(robust).toContain('a balanced 100 of each test set');
    expect(robust).toContain('not comparable: results.unlikes.subset');
  });

  it('is drawn as a line a method over the shots that were measured', () => {
    const texts = { method: (title: string) => title, t };
    const { lines, doubling } = fewShotInput(table, 'natural', texts);
    expect(doubling).toEqual([1, 2]);
    expect(lines.map(({ name, points }) => [name, points])).toEqual([
      [
        'FAP',
        [
          [1, 50],
          [2, 60],
        ],
      ],
      ['Zero-shot CLIP', [[2, 20]]],
    ]);
    expect(lines[0]?.style).not.toEqual(lines[1]?.style);
    expect(fewShotInput(table, 'robust', texts).lines).toEqual([]);
  });
});

describe('the view in an address', () => {
  it('comes back as it was, and is the first table where it cannot be read', () => {
    const view = resultsViewSchema.parse({
      protocol: 'ablation',
      set: 'demo',
      seeds: [4],
      attack: { subset: null },
    });
    expect(queryToView(viewToQuery(view).view)).toEqual(view);
    expect(queryToView('{')).toMatchObject({ protocol: 'cross-dataset', attack: {} });
    expect(queryToView(undefined)).toMatchObject({ set: 'paper', seeds: [1, 2, 3] });
  });
});
