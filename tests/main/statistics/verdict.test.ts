import { describe, expect, it } from 'vitest';
import { atOnce } from '../../../src/main/statistics/bootstrap.ts';
import { pairedGroups } from '../../../src/main/statistics/paired-groups.ts';
import {
  type Compared,
  claimOf,
  verdictOf,
  verdictText,
} from '../../../src/main/statistics/verdict.ts';
import { evaluationAttackSchema } from '../../../src/shared/attack.ts';
import { sentence } from '../../../src/shared/sentence.ts';

const attack = evaluationAttackSchema.parse({ name: 'pgd' });

/** Counts of images that only A, only B, and both have right; one list a seed. */
type Counts = { onlyA: number; onlyB: number; both: number; neither?: number };

function block(seeds: Counts[], clusterSize = 0) {
  const runs = seeds.map(({ onlyA, onlyB, both, neither = 0 }, index) => {
    const rights = [
      ...Array(onlyA).fill([true, false]),
      ...Array(onlyB).fill([false, true]),
      ...Array(both).fill([true, true]),
      ...Array(neither).fill([false, false]),
    ] as [boolean, boolean][];
    const images = rights.map(([a, b], place) => ({ id: `${place}`, a, b }));
    return { seed: index + 1, a: `a${index}`, b: `b${index}`, images };
  });
  const ids = runs[0]?.images.map(({ id }) => id) ?? [];
  const clusters = new Map(ids.map((id, index) => [id, `${Math.floor(index / clusterSize)}`]));
  return atOnce(pairedGroups(runs, clusterSize > 0 ? clusters : null));
}

const names = { a: 'FAP', b: 'CBA-FAPT' };

function verdict(parts: Partial<Compared>): string {
  const natural = block([{ onlyA: 3, onlyB: 3, both: 94 }]);
  return verdictText(verdictOf({ ...names, attack, natural, robust: null, unlike: [], ...parts }));
}

const ahead = { onlyA: 0, onlyB: 30, both: 60, neither: 10 };

describe('verdict', () => {
  it('says which is better, naming the protocol and the numbers', () => {
    expect(verdict({ robust: block([ahead]) })).toMatch(
      /^Under PGD-100 \(ce\), eps 1\/255, step 1\/255, 1 restart: CBA-FAPT is better than FAP; 90\.0 % \(CBA-FAPT\) against 60\.0 % \(FAP\) of 100 images, \+30\.0 points; 95 % interval \+20\.\d to \+38\.\d; only CBA-FAPT right on 30, only FAP on 0, exact McNemar p < 0\.0001\. Without attack: no evidence/,
    );
    const turned = block([{ onlyA: 30, onlyB: 0, both: 60, neither: 10 }]);
    expect(verdict({ robust: turned })).toContain('FAP is better than CBA-FAPT');
    expect(claimOf(turned)).toBe('a-better');
  });

  it('says what this test set could have shown', () => {
    // s = 0.11, n = 100: (1.96 sqrt(0.11) + 0.8416 sqrt(0.11 - d^2)) / 10 = d at d = 0.0918.
    expect(verdict({ natural: block([{ onlyA: 5, onlyB: 6, both: 89 }]) })).toContain(
      'this test set could show >= 9.2 points (power 0.8)',
    );
    expect(verdict({ natural: block([{ onlyA: 0, onlyB: 1, both: 0 }]) })).toContain(
      '1 image is too few to show any difference',
    );
  });

  it('takes no interval from resamples where no image tells the two apart', () => {
    const alike = { onlyA: 0, onlyB: 0, both: 60, neither: 40 };
    for (const robust of [block([alike], 4), block([alike, alike]), block([alike, alike], 4)]) {
      expect(robust.bootstrap.ci).toEqual([0, 0]);
      const [part] = verdictOf({ ...names, attack, natural: robust, robust, unlike: [] });
      const text = verdictText(part ? [part] : []);
      expect(text).toContain('95 % interval -2.7 to +2.7');
      expect(text).not.toContain('resamples');
    }
  });

  it('names what is unlike and judges nothing', () => {
    expect(
      verdict({ unlike: [sentence('unlike.seeds-splits'), sentence('unlike.one-attacked')] }),
    ).toBe(
      'CBA-FAPT and FAP are not comparable, because the splits of the dataset differ between the seeds; one of them was not attacked.',
    );
  });

  it('a lead on one drawing alone is no evidence', () => {
    const robust = block([{ onlyA: 0, onlyB: 20, both: 80 }], 20);
    expect(robust.mcnemar.p).toBeLessThan(0.001);
    expect(claimOf(robust)).toBe('no-evidence');
    expect(verdict({ robust })).toContain(
      'CBA-FAPT is ahead of FAP image by image but not by cluster, so this is no evidence',
    );
  });

  it('a lead that holds over many clusters is one, and one cluster tells of no other', () => {
    const many = block([{ onlyA: 0, onlyB: 20, both: 80 }], 2);
    expect(claimOf(many)).toBe('b-better');
    expect(verdict({ robust: many })).toContain('interval over 50 clusters of images');
    const one = block([{ onlyA: 0, onlyB: 20, both: 80 }], 100);
    expect(claimOf(one)).toBe('no-evidence');
    expect(verdict({ robust: one })).toContain('all 100 images are of one cluster');
  });

  it('over seeds gives means and deviations, and a lead of one seed is no evidence', () => {
    const even = { onlyA: 0, onlyB: 0, both: 60, neither: 40 };
    const lucky = block([ahead, even, even]);
    expect(claimOf(lucky)).toBe('no-evidence');
    expect(verdict({ robust: lucky })).toContain('but not over seeds, so this is no evidence');
    const steady = block([ahead, ahead, ahead]);
    expect(claimOf(steady)).toBe('b-better');
    expect(verdict({ robust: steady })).toContain(
      '90.0 % ± 0.0 over 3 seeds (CBA-FAPT) against 60.0 % ± 0.0 over 3 seeds (FAP) of 100 images',
    );
  });

  it('where more images lean to the one and more accuracy to the other, neither is better', () => {
    // Twenty images lean to A in one seed of three, seven to B in all: -20 + 21 in sum.
    const runs = [1, 2, 3].map((seed) => {
      const images = Array.from({ length: 27 }, (_, index) => ({
        id: `${index}`,
        a: index < 20 && seed === 1,
        b: index >= 20,
      }));
      return { seed, a: `a${seed}`, b: `b${seed}`, images };
    });
    const mixed = atOnce(pairedGroups(runs, null));
    expect(mixed.delta).toBeGreaterThan(0);
    expect(mixed.mcnemar).toMatchObject({ aOnly: 20, bOnly: 7 });
    expect(mixed.mcnemar.p).toBeLessThan(0.05);
    expect(claimOf(mixed)).toBe('no-evidence');
    expect(verdict({ natural: mixed })).toContain('no evidence of a difference');
  });
});
