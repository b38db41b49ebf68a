import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { compareClasses } from '../../../../src/main/api/compare/compare-classes.ts';
import { compareDisagreement } from '../../../../src/main/api/compare/compare-disagreement.ts';
import { compareSides } from '../../../../src/main/api/compare/compare-sides.ts';
import { seedsOf } from '../../../../src/main/api/compare/sides.ts';
import { attackOf, NATURAL } from '../../../../src/main/api/create-run.ts';
import { type RunRow, setDeviation } from '../../../../src/main/store/runs.ts';
import { sidesReportSchema } from '../../../../src/shared/api/compare.ts';
import { createTestApp, createTestRun, type TestApp } from '../../fixtures/test-app.ts';
import { evaluate, IDS } from './evaluated-run.ts';

let app: TestApp;
let zero: RunRow;
let a: RunRow[];
let b: RunRow[];

const ids = (runs: readonly RunRow[]) => runs.map(({ id }) => id);
const input = () => ({ a: ids(a), b: ids(b), attack: null });
/** Labels are 000111. */
const CLEAN = { a: ['000111', '001111'], b: ['000111', '000110'] };
const ATTACKED = { a: ['111111', '111110'], b: ['001111', '011011'] };

beforeEach(async () => {
  app = await createTestApp({});
  zero = createTestRun(app, 'zero-shot', 1);
  a = [1, 2].map((seed) => createTestRun(app, 'fap', seed));
  b = [1, 2].map((seed) => createTestRun(app, 'cba-fapt', seed));
  const attack = attackOf((a[0] as RunRow).config, {});
  for (const index of [0, 1]) {
    evaluate(app, a[index] as RunRow, attack, CLEAN.a[index] ?? '', ATTACKED.a[index]);
    evaluate(app, b[index] as RunRow, attack, CLEAN.b[index] ?? '', ATTACKED.b[index]);
  }
  evaluate(app, zero, attack, '000000', '111111');
});
afterEach(() => app.dispose());

describe('compareSides', () => {
  it('pairs by seed, counts an image once, and says mean and deviation', async () => {
    const report = await compareSides(app.db, input());
    expect(() => sidesReportSchema.parse(report)).not.toThrow();
    expect(report.robust).toMatchObject({
      n: 6,
      a: { overSeeds: { n: 2, mean: expect.closeTo(5 / 12, 12) } },
      b: { overSeeds: { n: 2, mean: expect.closeTo(8 / 12, 12) } },
      // Images 0 and 1 lean to B in both seeds or one; 3 leans to A in one, 5 to B in one.
      mcnemar: { aOnly: 1, bOnly: 3 },
      table: { both: 4, onlyA: 1, onlyB: 4, neither: 3 },
      bootstrap: { seeds: 2, clusters: 6, clustered: false },
    });
    expect(report.robust?.pairs.map(({ seed }) => seed)).toEqual([1, 2]);
    expect(report.configDifference.map(({ path }) => path)).not.toContain('seed');
    expect(report.attacks).toHaveLength(1);
  });

  it('a single zero-shot run stands against every seed, on either side', async () => {
    const left = await compareSides(app.db, { ...input(), a: [zero.id] });
    expect(left.natural.pairs.map(({ a }) => a.run)).toEqual([zero.id, zero.id]);
    expect(left.natural.a).toMatchObject({ accuracy: 0.5, overSeeds: null });
    const right = await compareSides(app.db, { ...input(), b: [zero.id] });
    expect(right.natural.delta).toBeLessThan(0);
  });

  it('resamples clusters where images come in such', async () => {
    app.db.exec("UPDATE images SET cluster = label WHERE path LIKE 'class%'");
    const { robust } = await compareSides(app.db, input());
    expect(robust?.bootstrap).toMatchObject({ clusters: 2, clustered: true });
  });

  it('leaves out a run without a partner, and says so', async () => {
    const third = createTestRun(app, 'fap', 3);
    const report = await compareSides(app.db, { ...input(), a: [...ids(a), third.id] });
    expect(report.leftOut.map(({ message }) => message)).toEqual([
      `Run ${third.id} (seed 3) has no partner of its seed.`,
    ]);
    expect(report.natural.pairs).toHaveLength(2);
  });

  it('refuses a side of two configurations, a seed twice, and no seed in common', async () => {
    const refused = (side: string[]) => compareSides(app.db, { ...input(), a: side });
    await expect(refused([...ids(a), zero.id])).rejects.toMatchObject({ code: 'side-mixed' });
    const twin = createTestRun(app, 'fap', 1);
    await expect(refused([...ids(a), twin.id])).rejects.toMatchObject({ code: 'side-mixed' });
    const others = [7, 8].map((seed) => createTestRun(app, 'fap', seed).id);
    await expect(refused(others)).rejects.toThrow(/no seed in common \(7, 8; 1, 2\)/);
  });

  it('says where a seed was not attacked like the others', async () => {
    const third = [createTestRun(app, 'fap', 3), createTestRun(app, 'cba-fapt', 3)];
    for (const run of third) evaluate(app, run, NATURAL, '000111');
    const [fap, cba] = third as [RunRow, RunRow];
    const more = { a: [...ids(a), fap.id], b: [...ids(b), cba.id], attack: null };
    const report = await compareSides(app.db, more);
    expect(report.robust).toBeNull();
    expect(report.unlike[0]?.message).toContain('the seeds were not all attacked in the same way');
    expect(report.claim.natural).toBe('not-comparable');
  });

  it('prefers an attack that can stand as robust accuracy, and takes another when asked', async () => {
    const noise = attackOf((a[0] as RunRow).config, { name: 'noise' });
    for (const run of [...a, ...b]) evaluate(app, run, noise, '000111', '000111');
    const report = await compareSides(app.db, input());
    expect(report.attacks.map(({ attack }) => attack.name)).toEqual(['pgd', 'noise']);
    expect(report.attack?.name).toBe('pgd');
    const other = await compareSides(app.db, { ...input(), attack: report.attacks[1]?.key ?? '' });
    expect(other.robust).toMatchObject({ delta: 0, a: { accuracy: 1 } });
    await expect(compareSides(app.db, { ...input(), attack: 'x' })).rejects.toMatchObject({
      code: 'attack-unknown',
    });
  });

  it('finds the seeds of a run, but none whose training went otherwise', async () => {
    expect(seedsOf(app.db, a[1]?.id ?? '').toSorted()).toEqual(ids(a).toSorted());
    setDeviation(app.db, a[0]?.id ?? '', 'kept-early');
    expect(seedsOf(app.db, a[1]?.id ?? '')).toEqual([a[1]?.id]);
    const { configDifference } = await compareSides(app.db, input());
    expect(configDifference.at(-1)).toEqual({ path: 'deviation', a: 'kept-early', b: null });
  });
});

describe('compareClasses', () => {
  it('counts each class and what it was taken for, summed over the seeds', () => {
    const { natural, robust, pairs, classNames } = compareClasses(app.db, input());
    expect(pairs).toBe(2);
    expect(classNames).toHaveLength(3);
    expect(natural.classes).toMatchObject([
      { label: 0, a: { right: 5, of: 6 }, b: { right: 6, of: 6 } },
      { label: 1, a: { right: 6, of: 6 }, b: { right: 5, of: 6 } },
    ]);
    expect(robust?.confusion.a).toEqual([
      { label: 0, predicted: 1, count: 6 },
      { label: 1, predicted: 0, count: 1 },
      { label: 1, predicted: 1, count: 5 },
    ]);
  });
});

describe('compareDisagreement', () => {
  const ask = (more: Partial<Parameters<typeof compareDisagreement>[1]> = {}) =>
    compareDisagreement(app.db, {
      ...input(),
      attacked: true,
      cell: null,
      label: null,
      predicted: null,
      offset: 0,
      limit: 200,
      ...more,
    });

  it('finds the images of a cell, and both tables', () => {
    const { natural, robust, total, images, dataset } = ask({ cell: 'onlyB' });
    expect(natural).toEqual({ both: 10, onlyA: 1, onlyB: 1, neither: 0 });
    expect(robust).toEqual({ both: 4, onlyA: 1, onlyB: 4, neither: 3 });
    expect(total).toBe(4);
    expect(dataset).toBe('tiny');
    expect(images.map(({ id, seed }) => [id, seed])).toEqual([
      [IDS[0]?.id, 1],
      [IDS[1]?.id, 1],
      [IDS[0]?.id, 2],
      [IDS[5]?.id, 2],
    ]);
    expect(images[0]?.b).toMatchObject({ clean: 0, adversarial: 0, margin: 1, fellAt: null });
  });

  it('finds the images behind a cell of a confusion matrix, page by page', () => {
    const taken = ask({ label: 0, predicted: { side: 'a', label: 1 } });
    expect(taken.total).toBe(6);
    const page = ask({ label: 0, predicted: { side: 'a', label: 1 }, offset: 4, limit: 5 });
    expect(page.images).toEqual(taken.images.slice(4));
  });

  it('without attack it is about the clean predictions', () => {
    const { images } = ask({ attacked: false, cell: 'onlyA' });
    expect(images).toMatchObject([{ id: IDS[5]?.id, seed: 2, a: { clean: 1 }, b: { clean: 0 } }]);
  });
});
