import { describe, expect, it } from 'vitest';
import {
  createEvaluation,
  restartEvaluation,
  setEvaluationStatus,
} from '../../../src/main/store/evaluations.ts';
import { recordOutcomes, summarizeRun } from '../../../src/main/store/outcomes.ts';
import { countRuns, listRuns } from '../../../src/main/store/run-list.ts';
import { setStarred } from '../../../src/main/store/runs.ts';
import { type EvaluationAttack, evaluationAttackSchema } from '../../../src/shared/attack.ts';
import { newRun, outcome, storeWithData } from './fixtures.ts';

const attack = (changes: Partial<EvaluationAttack>) => evaluationAttackSchema.parse(changes);

function measure(
  data: ReturnType<typeof storeWithData>,
  runId: string,
  changes: Partial<EvaluationAttack>,
  right: number,
  more: { purpose?: 'sweep'; classes?: 'base'; ids?: number } = {},
): number {
  const { ids: count = 4, ...rest } = more;
  const ids = Array.from({ length: count }, (_, index) => `image ${index}`);
  const { id } = createEvaluation(data.db, {
    runId,
    modelId: null,
    datasetId: data.dataset.id,
    attack: attack(changes),
    ids,
    seed: 1,
    environment: {},
    ...rest,
  });
  setEvaluationStatus(data.db, id, 'running');
  const isAttacked = changes.name !== 'none';
  const rows = ids.map((name, index) => {
    const answer = index < right ? 0 : 1;
    return isAttacked
      ? outcome(name, { label: 0, clean: 0, adversarial: answer })
      : outcome(name, { label: 0, clean: answer, adversarial: null });
  });
  recordOutcomes(data.db, id, rows);
  setEvaluationStatus(data.db, id, 'finished');
  return id;
}

describe('results in the list of runs', () => {
  it('are those of summarizeRun, whatever was measured', () => {
    const data = storeWithData();
    const { id } = newRun(data);
    const cases: [Partial<EvaluationAttack>, number, Parameters<typeof measure>[4]?][] = [
      [{ name: 'none' }, 3],
      [{ name: 'pgd' }, 2],
      [{ name: 'none' }, 5, { ids: 6 }],
      [{ name: 'pgd', epsilon: 0.5 }, 1, { purpose: 'sweep' }],
      [{ name: 'pgd', stopWhenFooled: true }, 1],
      [{ name: 'pgd', source: 'other' }, 4],
      [{ name: 'pgd', frame: 'attack-only' }, 4, { ids: 9 }],
      [{ name: 'noise' }, 4],
      [{ name: 'pgd', steps: 7 }, 4, { classes: 'base' }],
      [{ name: 'apgd' }, 1],
    ];
    for (const [changes, right, more] of cases) {
      measure(data, id, changes, right, more);
      const { naturalAccuracy, naturalN, robustAccuracy } = summarizeRun(data.db, id);
      const [row] = listRuns(data.db);
      expect(row?.natural).toEqual({ accuracy: naturalAccuracy, n: naturalN });
      expect(row?.robust?.accuracy ?? null).toBe(robustAccuracy);
    }
    expect(listRuns(data.db)[0]?.robust).toMatchObject({
      accuracy: 0.25,
      attack: { name: 'apgd' },
    });
  });

  it('go when an evaluation is made again, and come back with it', () => {
    const data = storeWithData();
    const { id } = newRun(data);
    const natural = measure(data, id, { name: 'none' }, 3);
    restartEvaluation(data.db, natural);
    expect(listRuns(data.db)[0]?.natural).toBeNull();
    data.db.prepare('DELETE FROM evaluations').run();
    measure(data, id, { name: 'none' }, 4);
    expect(listRuns(data.db)[0]?.natural).toEqual({ accuracy: 1, n: 4 });
  });
});

describe('the order of the list', () => {
  it('is by the number asked for, with runs that lack it last', () => {
    const data = storeWithData();
    const [low, none, high] = [1, 2, 3].map((seed) => newRun(data, { seed }).id);
    measure(data, low as string, { name: 'none' }, 1);
    measure(data, high as string, { name: 'none' }, 4);
    const ids = (descending: boolean) =>
      listRuns(data.db, {}, { sort: { by: 'natural', descending } }).map(({ id }) => id);
    expect(ids(true)).toEqual([high, low, none]);
    expect(ids(false)).toEqual([low, high, none]);
  });

  it('stars and groups are filters', () => {
    const data = storeWithData();
    const one = newRun(data, { seed: 1 });
    newRun(data, { seed: 2 });
    newRun(data, { seed: 1, epochs: 3 });
    setStarred(data.db, one.id, true);
    expect(listRuns(data.db, { starred: true }).map(({ id }) => id)).toEqual([one.id]);
    expect(countRuns(data.db, { group: one.group })).toBe(2);
  });
});
