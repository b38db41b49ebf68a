import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { friedman } from '../../../src/main/statistics/friedman.ts';
import { holm } from '../../../src/main/statistics/holm.ts';
import { rank } from '../../../src/main/statistics/ranks.ts';
import {
  studentizedRangeQuantile,
  studentizedRangeUpper,
} from '../../../src/main/statistics/studentized-range.ts';
import { wilcoxonSignedRank } from '../../../src/main/statistics/wilcoxon.ts';

/** Values of SciPy, statsmodels and scikit-posthocs; see rank-tests.py beside them. */
const reference = JSON.parse(
  readFileSync(new URL('../../fixtures/statistics/rank-tests.json', import.meta.url), 'utf8'),
) as {
  wilcoxon: { name: string; differences: number[]; statistic: number; p: number }[];
  holm: { values: number[]; adjusted: number[] }[];
  studentizedRange: { q: number; groups: number; upper: number }[];
  studentizedRangeQuantiles: { p: number; groups: number; q: number }[];
  friedman: {
    name: string;
    accuracies: number[][];
    statistic: number;
    p: number;
    ranks: number[];
    criticalDifference: number;
    pairwise: number[][];
  }[];
};

const near = (ours: readonly number[], theirs: readonly number[], tolerance = 1e-9): void => {
  expect(ours).toHaveLength(theirs.length);
  theirs.forEach((value, i) => {
    expect(Math.abs((ours[i] ?? Number.NaN) - value)).toBeLessThan(tolerance);
  });
};

describe('rank', () => {
  it('gives equal values the mean of their places', () => {
    expect(rank([3, 1, 3, 2])).toEqual({ ranks: [3.5, 1, 3.5, 2], tieSizes: [2] });
    expect(rank([])).toEqual({ ranks: [], tieSizes: [] });
  });

  it('takes what only rounding tells apart for equal', () => {
    expect(rank([0.1 + 0.2, 0.3]).ranks).toEqual([1.5, 1.5]);
    expect(() => rank([0.1, Number.NaN])).toThrow(RangeError);
  });
});

describe('wilcoxonSignedRank', () => {
  it.each(reference.wilcoxon)('$name as SciPy', ({ differences, statistic, p }) => {
    const ours = wilcoxonSignedRank(differences);
    near([ours.statistic, ours.p], [statistic, p]);
  });

  it('says which distribution its p is from, as SciPy chooses', () => {
    const distinct = (n: number) => Array.from({ length: n }, (_, i) => i + 1);
    const tied = (n: number) => Array.from({ length: n }, () => 1);
    expect(wilcoxonSignedRank(distinct(50)).method).toBe('exact');
    expect(wilcoxonSignedRank(distinct(51)).method).toBe('normal');
    expect(wilcoxonSignedRank(tied(13))).toMatchObject({ method: 'exact', ties: true });
    expect(wilcoxonSignedRank([...distinct(13), 0])).toMatchObject({ method: 'normal', zeros: 1 });
  });

  it('nothing but zeros, or nothing, is no evidence', () => {
    expect(wilcoxonSignedRank(Array(20).fill(0))).toMatchObject({ n: 0, zeros: 20, p: 1 });
    expect(wilcoxonSignedRank([])).toMatchObject({ n: 0, p: 1, method: 'exact' });
  });

  it('does not depend on which method is called a', () => {
    const values = [0.03, -0.01, 0.05, 0.02];
    expect(wilcoxonSignedRank(values.map((v) => -v)).p).toBe(wilcoxonSignedRank(values).p);
  });
});

describe('holm', () => {
  it.each(reference.holm)('$values.length values as statsmodels', ({ values, adjusted }) => {
    near(holm(values), adjusted);
  });

  it('adjusts nothing of nothing and refuses what is no p', () => {
    expect(holm([])).toEqual([]);
    expect(() => holm([0.1, 1.2])).toThrow(RangeError);
  });
});

describe('studentized range', () => {
  it.each(reference.studentizedRange)('P(Q > $q) of $groups groups as SciPy', (recorded) => {
    near([studentizedRangeUpper(recorded.q, recorded.groups)], [recorded.upper]);
  });

  it.each(reference.studentizedRangeQuantiles)('$p of $groups groups as SciPy', (recorded) => {
    near([studentizedRangeQuantile(recorded.p, recorded.groups)], [recorded.q], 1e-6);
  });

  it('of two groups is the absolute difference of two normal values', () => {
    // |X - Y| / sqrt(2) is half-normal: 1.959964 sqrt(2) at 0.95.
    expect(studentizedRangeQuantile(0.95, 2)).toBeCloseTo(1.959963984540054 * Math.SQRT2, 9);
    expect(studentizedRangeUpper(0, 5)).toBe(1);
    expect(() => studentizedRangeUpper(1, 1)).toThrow(RangeError);
    expect(() => studentizedRangeQuantile(1, 3)).toThrow(RangeError);
  });
});

describe('friedman', () => {
  it.each(reference.friedman)('$name as SciPy and scikit-posthocs', (recorded) => {
    const ours = friedman(recorded.accuracies);
    near([ours.statistic, ours.p], [recorded.statistic, recorded.p]);
    near(ours.ranks, recorded.ranks);
    near([ours.criticalDifference], [recorded.criticalDifference], 1e-6);
    near(ours.pairwise.flat(), recorded.pairwise.flat(), 1e-6);
  });

  it('methods that are alike everywhere do not differ', () => {
    const same = friedman([
      [0.5, 0.5, 0.5],
      [0.2, 0.2, 0.2],
    ]);
    expect(same).toMatchObject({ statistic: 0, p: 1, ranks: [2, 2, 2] });
    expect(same.pairwise.flat()).toEqual(Array(9).fill(1));
  });

  it('refuses one dataset, two methods and uneven rows', () => {
    expect(() => friedman([[0.1, 0.2, 0.3]])).toThrow(RangeError);
    const two = [
      [0.1, 0.2],
      [0.3, 0.1],
    ];
    expect(() => friedman(two)).toThrow(RangeError);
    expect(() => friedman([[0.1, 0.2, 0.3], [0.1]])).toThrow(RangeError);
  });
});
