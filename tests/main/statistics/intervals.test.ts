import { describe, expect, it } from 'vitest';
import { clusterBootstrap } from '../../../src/main/statistics/cluster-bootstrap.ts';
import { smallestDetectable } from '../../../src/main/statistics/detectable.ts';
import { mcnemarExact } from '../../../src/main/statistics/mcnemar.ts';
import { bonettPrice } from '../../../src/main/statistics/paired-difference.ts';
import { mean, sampleStd, summarizeSeeds, tInterval } from '../../../src/main/statistics/seeds.ts';
import { wilsonInterval } from '../../../src/main/statistics/wilson.ts';
import { reference } from './reference.ts';

const near = (ours: readonly number[] | null, theirs: readonly number[]): void => {
  expect(ours).toHaveLength(theirs.length);
  theirs.forEach((value, i) => {
    expect(Math.abs((ours?.[i] ?? Number.NaN) - value)).toBeLessThan(1e-9);
  });
};

describe('wilsonInterval', () => {
  it.each(reference.wilson)('$successes of $n as statsmodels', ({ successes, n, ci }) => {
    near(wilsonInterval(successes, n), ci);
  });

  it('closes at the ends', () => {
    expect(wilsonInterval(0, 100)[0]).toBe(0);
    expect(wilsonInterval(100, 100)[1]).toBe(1);
  });

  it('refuses none of none', () => {
    expect(() => wilsonInterval(0, 0)).toThrow(RangeError);
    expect(() => wilsonInterval(3, 2)).toThrow(RangeError);
  });
});

describe('mcnemarExact', () => {
  it.each(reference.mcnemar)('$aOnly against $bOnly as statsmodels', (recorded) => {
    const { p, midP } = mcnemarExact(recorded.aOnly, recorded.bOnly);
    expect(Math.abs(p - recorded.p)).toBeLessThan(1e-9);
    expect(Math.abs(midP - recorded.midP)).toBeLessThan(1e-9);
    // Small values matter by their size, too.
    expect(Math.abs(p - recorded.p) / recorded.p).toBeLessThan(1e-6);
  });

  it('knows nothing without discordant pairs', () => {
    expect(mcnemarExact(0, 0)).toEqual({ aOnly: 0, bOnly: 0, p: 1, midP: 1 });
  });

  it('does not depend on which is called a', () => {
    expect(mcnemarExact(31, 12).p).toBe(mcnemarExact(12, 31).p);
  });
});

describe('bonettPrice', () => {
  it.each(reference.bonettPrice)('$aOnly, $bOnly of $n', ({ ci, ...counts }) => {
    near(bonettPrice(counts), ci);
  });

  it('turns over with the sides', () => {
    const [low, high] = bonettPrice({ aOnly: 25, bOnly: 9, n: 100 });
    near(bonettPrice({ aOnly: 9, bOnly: 25, n: 100 }), [-high, -low]);
  });

  it('refuses more discordant pairs than pairs', () => {
    expect(() => bonettPrice({ aOnly: 2, bOnly: 2, n: 3 })).toThrow(RangeError);
  });
});

describe('seeds', () => {
  it.each(reference.tIntervals)('mean, deviation and interval of $values.length', (recorded) => {
    near([mean(recorded.values)], [recorded.mean]);
    near([sampleStd(recorded.values) ?? Number.NaN], [recorded.std]);
    near(tInterval(recorded.values), recorded.ci);
  });

  it('a single seed has no spread', () => {
    expect(summarizeSeeds([0.4])).toEqual({ n: 1, mean: 0.4, std: null, ci: null });
    expect(() => mean([])).toThrow(RangeError);
  });
});

describe('smallestDetectable', () => {
  it.each(reference.detectable)('$n images at discordance $discordance', (recorded) => {
    near([smallestDetectable(recorded) ?? Number.NaN], [recorded.difference]);
  });

  it('falls as the test set grows, and few images show nothing', () => {
    const at = (n: number): number => smallestDetectable({ n, discordance: 0.2 }) ?? Number.NaN;
    expect(at(1000)).toBeLessThan(at(100));
    expect(smallestDetectable({ n: 5, discordance: 0 })).toBeNull();
    expect(smallestDetectable({ n: 10, discordance: 0 })).not.toBeNull();
    // All on one side: n d = (1.95996 + 0.84162 sqrt(1 - d))^2, so near 7.85 / n for large n.
    const oneSided = smallestDetectable({ n: 100_000, discordance: 0 }) ?? Number.NaN;
    expect(oneSided * 100_000).toBeCloseTo(7.849, 2);
  });
});

describe('clusterBootstrap', () => {
  const { values, clusters, intervals } = reference.bootstrap;

  it.each(intervals)('seed $seed gives the interval of NumPy', ({ seed, resamples, ci }) => {
    const result = clusterBootstrap(values, clusters, { seed, resamples });
    near(result.ci, ci);
    expect(result).toMatchObject({ seed, resamples, clusters: new Set(clusters).size });
  });

  it('is wider than drawing images when clusters agree within', () => {
    const same = Array.from({ length: 100 }, (_, i) => (i < 50 ? 1 : 0));
    const ten = same.map((_, i) => String(Math.floor(i / 10)));
    const own = same.map((_, i) => String(i));
    const width = (names: string[]): number => {
      const [low, high] = clusterBootstrap(same, names).ci ?? [0, 0];
      return high - low;
    };
    expect(width(ten)).toBeGreaterThan(2 * width(own));
  });

  it('one cluster tells nothing of the spread', () => {
    expect(clusterBootstrap([1, 0], ['a', 'a']).ci).toBeNull();
    expect(() => clusterBootstrap([1, 0], ['a'])).toThrow(RangeError);
  });
});
