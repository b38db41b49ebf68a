import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { compareRuns } from '../../../../src/main/api/compare/compare-runs.ts';
import { attackOf, NATURAL } from '../../../../src/main/api/create-run.ts';
import type { RunRow } from '../../../../src/main/store/runs.ts';
import { createTestApp, createTestRun, type TestApp } from '../../fixtures/test-app.ts';
import { evaluate } from './evaluated-run.ts';

let app: TestApp;
beforeEach(async () => {
  app = await createTestApp({});
});
afterEach(() => app.dispose());

const compare = (a: RunRow, b: RunRow) =>
  compareRuns(app.db, { a: [a.id], b: [b.id], attack: null });

describe('compareRuns', () => {
  it('takes natural accuracy from the larger set and robust from the attacked one', async () => {
    const [a, b] = [createTestRun(app, 'fap'), createTestRun(app, 'cba-fapt')];
    const attack = attackOf(a.config, { subset: 4 });
    evaluate(app, a, NATURAL, '000000');
    evaluate(app, b, NATURAL, '000110');
    evaluate(app, a, attack, '0001', '0111');
    evaluate(app, b, attack, '0001', '1001');
    const report = await compare(a, b);
    expect(report).toMatchObject({
      a: a.id,
      b: b.id,
      attack: { name: 'pgd', steps: 100 },
      unlike: [],
      leftOut: [],
    });
    expect(report.natural).toMatchObject({
      n: 6,
      a: 0.5,
      b: 5 / 6,
      mcnemar: { aOnly: 0, bOnly: 2, p: expect.closeTo(0.5, 12) },
    });
    expect(report.robust).toMatchObject({
      n: 4,
      a: 0.5,
      b: 0.75,
      delta: 0.25,
      mcnemar: { aOnly: 1, bOnly: 2 },
      pairs: [{ seed: 1, a: { run: a.id, accuracy: 0.5 }, b: { run: b.id, accuracy: 0.75 } }],
    });
    expect(report.configDifference.map(({ path }) => path)).toEqual(['method', 'attack.loss']);
    expect(report.verdict).toContain('no evidence of a difference between CBA-FAPT and FAP');
  });

  it('gives no robust numbers for two different attacks, and names what differs', async () => {
    const [a, b] = [createTestRun(app, 'fap'), createTestRun(app, 'cba-fapt')];
    evaluate(app, a, attackOf(a.config, { subset: 4 }), '0001', '0111');
    evaluate(app, b, attackOf(a.config, { subset: 4, steps: 20 }), '0000', '1001');
    const report = await compare(a, b);
    expect(report.robust).toBeNull();
    expect(report.attack).toBeNull();
    expect(report.natural).toMatchObject({ n: 4, a: 1, b: 0.75 });
    expect(report.unlike).toEqual([
      'the two were never attacked in the same way (the attacks differ in steps (100 and 20)): run "fapt eval" on both',
    ]);
    expect(report.verdict).toContain('not comparable, because the two were never attacked');
  });

  it('names another set of attacked images, and a side without attack', async () => {
    const [a, b] = [createTestRun(app, 'fap'), createTestRun(app, 'cba-fapt')];
    evaluate(app, a, NATURAL, '000000');
    evaluate(app, b, NATURAL, '000000');
    evaluate(app, a, attackOf(a.config, { subset: 4 }), '0001', '0111');
    expect((await compare(a, b)).unlike.join()).toContain('one of them was not attacked');
    evaluate(app, b, attackOf(a.config, { subset: 5 }), '00011', '00011');
    expect((await compare(a, b)).unlike.join()).toContain('the attacked images differ (4 and 5)');
  });

  it('says what was evaluated where nothing is common', async () => {
    const [a, b] = [createTestRun(app, 'fap'), createTestRun(app, 'cba-fapt')];
    evaluate(app, a, NATURAL, '00');
    await expect(compare(a, b)).rejects.toThrow(
      expect.objectContaining({
        code: 'not-comparable',
        message: expect.stringMatching(/no attack on 2 images; nothing.*fapt eval/),
      }),
    );
    await expect(compare(a, a)).rejects.toThrow(/two different runs/);
  });
});
