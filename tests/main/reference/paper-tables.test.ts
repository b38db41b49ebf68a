import { describe, expect, it } from 'vitest';
import { loadPaperTables } from '../../../src/main/reference/load-paper-tables.ts';
import { METHODS } from '../../../src/shared/method-catalogue.ts';
import { paperCell, paperDataset } from '../../../src/shared/paper-tables.ts';

const paper = await loadPaperTables();
const { crossDataset, baseToNew, ablation, fewShot } = paper.tables;

describe('the tables', () => {
  const rows = crossDataset.rows.flatMap(({ method, natural, robust }) => [
    { method, measure: 'natural', ...natural },
    { method, measure: 'robust', ...robust },
  ]);

  it.each(rows)('$method $measure: the printed average is the mean of the eleven', (row) => {
    const values = Object.values(row.datasets);
    expect(Object.keys(row.datasets)).toEqual(paper.datasets.map(({ name }) => name));
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(Math.abs(mean - row.average)).toBeLessThanOrEqual(0.01);
  });

  it('CBA-FAPT is the most robust on seven of eleven', () => {
    const best = paper.datasets.filter(({ name }) => {
      const robust = crossDataset.rows.map(({ robust }) => robust.datasets[name] as number);
      return Math.max(...robust) === robust.at(-1);
    });
    expect(crossDataset.rows.at(-1)?.method).toBe('cba-fapt');
    expect(best).toHaveLength(7);
  });

  it('what the notes say of odd values holds', () => {
    const odd = rows.flatMap(({ method, measure, datasets }) =>
      Object.entries(datasets).flatMap(([dataset, value]) => {
        const nearest = Math.round(value * 30) / 30;
        return Math.abs(value - nearest) < 0.0051
          ? []
          : [`${method} ${measure} ${dataset} ${value}`];
      }),
    );
    expect(odd).toEqual(['advvlp natural SUN397 52.81', 'advmaple robust Food101 18.54']);
    const [alone] = ablation.rows;
    const advMaPLe = baseToNew.rows.find(({ method }) => method === 'advmaple');
    for (const measure of ['baseNatural', 'baseRobust', 'newNatural', 'newRobust'] as const) {
      expect(alone?.[measure]).toBe(advMaPLe?.[measure]);
    }
    expect(ablation.rows.at(-1)).toMatchObject({ baseNatural: 70.74, newRobust: 25.44 });
    expect(fewShot).toMatchObject({ shots: [1, 2, 4, 8, 16], rows: null });
  });

  it('the terms of the ablation are those of CBA-FAPT', () => {
    expect(ablation.rows.at(-1)?.terms).toEqual(METHODS['cba-fapt'].terms);
  });
});

describe('paperCell', () => {
  it('gives fractions, whatever the spelling of a dataset', () => {
    const cell = { table: 'crossDataset', method: 'fap', measure: 'robust' } as const;
    const datasets = ['OxfordFlowers', 'flowers102', 'oxford_flowers', 'split_zhou_OxfordFlowers'];
    for (const dataset of datasets) expect(paperCell(paper, { ...cell, dataset })).toBe(0.2723);
    expect(paperCell(paper, { ...cell, dataset: 'dtd' })).toBe(0.1693);
    expect(paperCell(paper, { ...cell, dataset: 'caltech-101' })).toBe(0.6543);
    expect(paperCell(paper, { ...cell, dataset: 'average' })).toBe(0.2423);
    expect(paperCell(paper, { ...cell, method: 'zero-shot', dataset: 'EuroSAT' })).toBe(0.0003);
  });

  it('gives the halves and the ablation, in any order of its terms', () => {
    expect(
      paperCell(paper, { table: 'baseToNew', method: 'cba-fapt', measure: 'newNatural' }),
    ).toBe(0.5574);
    const vaa = { table: 'ablation', measure: 'newRobust' } as const;
    expect(paperCell(paper, { ...vaa, terms: ['vaa', 'adv', 'nat'] })).toBe(0.2417);
    expect(paperCell(paper, { ...vaa, terms: ['vaa', 'adv'] })).toBeNull();
  });

  it('gives null where nothing is printed', () => {
    const cross = { table: 'crossDataset', dataset: 'ImageNet', measure: 'natural' } as const;
    expect(paperCell(paper, { ...cross, method: 'apt' })).toBeNull();
    expect(paperCell(paper, { ...cross, method: 'fap', dataset: 'demo-food' })).toBeNull();
    expect(
      paperCell(paper, { table: 'baseToNew', method: 'zero-shot', measure: 'newRobust' }),
    ).toBeNull();
    expect(paperCell(paper, { ...cross, table: 'fewShot', method: 'fap', shots: 1 })).toBeNull();
  });
});

describe('paperDataset', () => {
  it('no two datasets answer to one name', () => {
    for (const { name, printed, aliases } of paper.datasets) {
      for (const spelling of [name, printed, ...aliases]) {
        expect(paperDataset(paper, spelling)).toBe(name);
      }
    }
    expect(paperDataset(paper, 'average')).toBeNull();
  });
});
