import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { atOnce, hierarchicalBootstrap } from '../../../src/main/statistics/bootstrap.ts';
import { bonettPrice, bonettPriceOfMeans } from '../../../src/main/statistics/paired-difference.ts';
import { pairedGroups, type RunPair } from '../../../src/main/statistics/paired-groups.ts';
import { signTest } from '../../../src/main/statistics/sign-test.ts';

/** Values of SciPy and NumPy; see groups.py beside them. */
const reference = JSON.parse(
  readFileSync(new URL('../../fixtures/statistics/groups.json', import.meta.url), 'utf8'),
) as {
  bootstrap: {
    name: string;
    values: number[][];
    clusters: string[];
    seed: number;
    resamples: number;
    ci: [number, number];
  }[];
  bonettPriceOfMeans: { differences: number[]; ci: [number, number] };
  signTest: { values: number[]; aOnly: number; bOnly: number; p: number };
};

const near = (ours: readonly number[] | null, theirs: readonly number[]): void => {
  expect(ours).toHaveLength(theirs.length);
  theirs.forEach((value, i) => {
    expect(Math.abs((ours?.[i] ?? Number.NaN) - value)).toBeLessThan(1e-9);
  });
};

describe('hierarchicalBootstrap', () => {
  it.each(reference.bootstrap)('$name as NumPy', ({ values, clusters, seed, resamples, ci }) => {
    const result = atOnce(hierarchicalBootstrap(values, clusters, { seed, resamples }));
    near(result.ci, ci);
    expect(result).toMatchObject({ seed, resamples, seeds: values.length });
  });

  it('is wider where the seeds disagree', () => {
    const images = Array.from({ length: 40 }, (_, i) => String(i));
    const width = (shares: number[]) => {
      const values = shares.map((share) => images.map((_, i) => (i < 40 * share ? 1 : 0)));
      const { ci } = atOnce(hierarchicalBootstrap(values, images, { resamples: 1000 }));
      return (ci?.[1] ?? 0) - (ci?.[0] ?? 0);
    };
    expect(width([0.2, 0.5, 0.8])).toBeGreaterThan(1.5 * width([0.5, 0.5, 0.5]));
  });

  it('one cluster tells of no other, whatever the seeds', () => {
    const { ci } = atOnce(
      hierarchicalBootstrap(
        [
          [1, 0],
          [1, 1],
        ],
        ['x', 'x'],
      ),
    );
    expect(ci).toBeNull();
    expect(() => atOnce(hierarchicalBootstrap([[1], [1, 0]], ['x']))).toThrow(RangeError);
    expect(() => atOnce(hierarchicalBootstrap([], []))).toThrow(RangeError);
  });
});

describe('bonettPriceOfMeans', () => {
  it('adds an image at each end', () => {
    const { differences, ci } = reference.bonettPriceOfMeans;
    near(bonettPriceOfMeans(differences), ci);
  });

  it('with one seed is the interval of two proportions', () => {
    const differences = [...Array(9).fill(-1), ...Array(25).fill(1), ...Array(66).fill(0)];
    near(bonettPriceOfMeans(differences), bonettPrice({ aOnly: 9, bOnly: 25, n: 100 }));
    expect(() => bonettPriceOfMeans([])).toThrow(RangeError);
  });
});

describe('signTest', () => {
  it('counts each image once, as SciPy', () => {
    const { values, ...expected } = reference.signTest;
    const { p, ...counts } = signTest(values, null);
    expect(counts).toMatchObject({ aOnly: expected.aOnly, bOnly: expected.bOnly });
    near([p], [expected.p]);
  });

  it('counts clusters where images come in such', () => {
    const clusters = ['x', 'x', 'x', 'y', 'z', 'z'];
    expect(signTest([1, 1, -1, -1, 1, -1], clusters)).toMatchObject({ aOnly: 1, bOnly: 1, p: 1 });
  });
});

describe('pairedGroups', () => {
  /** Letters say who is right: b both, A or B alone, n neither. */
  const pair = (seed: number, letters: string, a = `a${seed}`): RunPair => ({
    seed,
    a,
    b: `b${seed}`,
    images: [...letters].map((letter, index) => ({
      id: `${index}.png`,
      a: 'bA'.includes(letter),
      b: 'bB'.includes(letter),
    })),
  });

  it('means over the seeds, tables summed, and each image once in the test', () => {
    const groups = atOnce(pairedGroups([pair(1, 'BBbn'), pair(2, 'BAbn'), pair(3, 'BBbA')], null));
    expect(groups).toMatchObject({
      n: 4,
      a: { accuracy: 5 / 12, ci: null },
      b: { accuracy: 8 / 12 },
      mcnemar: { aOnly: 1, bOnly: 2, p: 1 },
      table: { both: 3, onlyA: 2, onlyB: 5, neither: 2 },
      bootstrap: { seeds: 3, clusters: 4, clustered: false, resamples: 10_000, seed: 1 },
    });
    near([groups.delta, groups.overSeeds?.mean ?? 0], [3 / 12, 3 / 12]);
    near([groups.overSeeds?.std ?? 0], [0.25]);
    expect(groups.pairs.map(({ seed, delta }) => [seed, delta])).toEqual([
      [1, 0.5],
      [2, 0],
      [3, 0.25],
    ]);
  });

  it('one run against several counts once on its side', () => {
    const groups = atOnce(pairedGroups([pair(1, 'BBbn', 'zero'), pair(2, 'bbbn', 'zero')], null));
    expect(groups.a.overSeeds).toBeNull();
    expect(groups.a.ci).not.toBeNull();
    expect(groups.b.overSeeds).toMatchObject({ n: 2 });
  });

  it('one pair is two runs, image by image', () => {
    const groups = atOnce(pairedGroups([pair(1, 'BBAbn')], null));
    expect(groups.overSeeds).toBeNull();
    expect(groups.mcnemar).toMatchObject({ aOnly: 1, bOnly: 2 });
    expect(groups.ci).toEqual(groups.pairs[0]?.ci);
    expect(groups.pairs[0]?.a).toEqual({ run: 'a1', accuracy: 0.4, ci: groups.a.ci });
  });

  it('one image, and nothing right at all, are numbers too', () => {
    const one = atOnce(pairedGroups([pair(1, 'B')], null));
    expect(one).toMatchObject({ n: 1, delta: 1, detectable: null, bootstrap: { ci: null } });
    const wrong = atOnce(pairedGroups([pair(1, 'n'.repeat(50))], null));
    expect(wrong).toMatchObject({ a: { accuracy: 0 }, delta: 0, mcnemar: { p: 1 } });
    expect(wrong.a.ci?.[0]).toBe(0);
    expect(wrong.bootstrap.ci).toEqual([0, 0]);
  });
});
