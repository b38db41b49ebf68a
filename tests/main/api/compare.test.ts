import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { compareRuns } from '../../../src/main/api/compare.ts';
import { attackOf, NATURAL } from '../../../src/main/api/create-run.ts';
import { createEvaluation, setEvaluationStatus } from '../../../src/main/store/evaluations.ts';
import { recordOutcomes } from '../../../src/main/store/outcomes.ts';
import type { RunRow } from '../../../src/main/store/runs.ts';
import type { EvaluationAttack } from '../../../src/shared/attack.ts';
import { createTestApp, createTestRun, type TestApp } from '../fixtures/test-app.ts';

let app: TestApp;
beforeEach(async () => {
  app = await createTestApp({});
});
afterEach(() => app.dispose());

const IDS = Array.from({ length: 6 }, (_, index) => `class0/test-${index}.png`);

/** A finished evaluation; letters say right (r) or wrong (w) an image. */
function evaluate(run: RunRow, attack: EvaluationAttack, clean: string, robust = '') {
  const ids = IDS.slice(0, clean.length);
  const { id: runId, datasetId, seed } = run;
  const { id } = createEvaluation(app.db, {
    runId,
    modelId: null,
    datasetId,
    attack,
    ids,
    seed,
    environment: {},
  });
  const outcomes = ids.map((name, index) => ({
    id: name,
    label: 0,
    clean: clean[index] === 'r' ? 0 : 1,
    adversarial: robust === '' ? null : robust[index] === 'r' ? 0 : 1,
    margin: 0,
    fellAt: null,
    perturbation: null,
  }));
  recordOutcomes(app.db, id, outcomes);
  setEvaluationStatus(app.db, id, 'running');
  setEvaluationStatus(app.db, id, 'finished');
}

describe('compareRuns', () => {
  it('takes natural accuracy from the larger set and robust from the attacked one', () => {
    const [a, b] = [createTestRun(app, 'fap'), createTestRun(app, 'cba-fapt')];
    const attack = attackOf(a.config, { subset: 4 });
    evaluate(a, NATURAL, 'rrrwww');
    evaluate(b, NATURAL, 'rrrrrw');
    evaluate(a, attack, 'rrrw', 'rwww');
    evaluate(b, attack, 'rrrr', 'wrrw');
    const report = compareRuns(app.db, a.id, b.id);
    expect(report).toMatchObject({
      a: a.id,
      b: b.id,
      attack: { name: 'pgd', steps: 100 },
      unlike: [],
    });
    expect(report.natural).toMatchObject({
      n: 6,
      a: 0.5,
      b: 5 / 6,
      mcnemar: { aOnly: 0, bOnly: 2, p: expect.closeTo(0.5, 12) },
    });
    expect(report.robust).toMatchObject({
      n: 4,
      a: 0.25,
      b: 0.5,
      delta: 0.25,
      mcnemar: { aOnly: 1, bOnly: 2 },
    });
    expect(report.configDifference.map(({ path }) => path)).toEqual(['method', 'attack.loss']);
    expect(report.verdict).toContain('CBA-FAPT');
  });

  it('gives no robust numbers for two different attacks, and says so', () => {
    const [a, b] = [createTestRun(app, 'fap'), createTestRun(app, 'cba-fapt')];
    evaluate(a, attackOf(a.config, { subset: 4 }), 'rrrw', 'rwww');
    evaluate(b, attackOf(a.config, { subset: 4, steps: 20 }), 'rrrr', 'wrrw');
    const report = compareRuns(app.db, a.id, b.id);
    expect(report.robust).toBeNull();
    expect(report.attack).toBeNull();
    expect(report.natural).toMatchObject({ n: 4, a: 0.75, b: 1 });
    expect(report.unlike.join()).toMatch(/never attacked in the same way/);
  });

  it('says what was evaluated where nothing is common', () => {
    const [a, b] = [createTestRun(app, 'fap'), createTestRun(app, 'cba-fapt')];
    evaluate(a, NATURAL, 'rr');
    expect(() => compareRuns(app.db, a.id, b.id)).toThrow(
      expect.objectContaining({
        code: 'not-comparable',
        message: expect.stringMatching(/no attack on 2 images; nothing.*fapt eval/),
      }),
    );
    expect(() => compareRuns(app.db, a.id, a.id)).toThrow(/two different runs/);
  });
});
