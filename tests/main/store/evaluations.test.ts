import { describe, expect, it } from 'vitest';
import {
  addObservation,
  createEvaluation,
  findEvaluation,
  getEvaluation,
  listEvaluations,
  setEvaluationStatus,
  setProbe,
} from '../../../src/main/store/evaluations.ts';
import { listImages } from '../../../src/main/store/images.ts';
import { addModel } from '../../../src/main/store/models.ts';
import {
  doneIds,
  listOutcomes,
  recordOutcomes,
  summarizeEvaluation,
  summarizeRun,
} from '../../../src/main/store/outcomes.ts';
import { listStability, recordStability } from '../../../src/main/store/stability.ts';
import type { EvaluationAttack } from '../../../src/shared/attack.ts';
import type { StabilityRow } from '../../../src/shared/engine-contract.ts';
import { NO_ATTACK, newRun, outcome, PGD, storeWithData } from './fixtures.ts';

function evaluated(attack: EvaluationAttack = PGD, ids = ['dog/9.png', 'cat/9.png', 'cat/3.png']) {
  const data = storeWithData();
  const run = newRun(data);
  const base = { runId: run.id, modelId: null, datasetId: data.dataset.id, seed: 1 };
  const make = (theAttack: EvaluationAttack, theIds: string[]) =>
    createEvaluation(data.db, { ...base, attack: theAttack, ids: theIds, environment: { gpu: 0 } });
  return { ...data, run, make, evaluation: make(attack, ids) };
}

describe('evaluations', () => {
  it('keep their protocol', () => {
    const { db, evaluation, run, dataset } = evaluated({ ...PGD, subset: 3 });
    expect(getEvaluation(db, evaluation.id)).toMatchObject({
      runId: run.id,
      modelId: null,
      datasetId: dataset.id,
      split: 'test',
      attack: { ...PGD, subset: 3 },
      subset: 3,
      expected: 3,
      status: 'queued',
      environment: { gpu: 0 },
      n: 0,
    });
    expect(() => getEvaluation(db, 99)).toThrow('There is no evaluation 99');
  });

  it('belong to a run or to a model, not to both or neither', () => {
    const { db, dataset, model, run } = evaluated();
    const base = { datasetId: dataset.id, attack: PGD, ids: ['a'], seed: 1, environment: null };
    expect(createEvaluation(db, { ...base, runId: null, modelId: model.id }).runId).toBeNull();
    expect(() => createEvaluation(db, { ...base, runId: null, modelId: null })).toThrow();
    expect(() => createEvaluation(db, { ...base, runId: run.id, modelId: model.id })).toThrow();
  });

  it('are found by the very attack and the very examples', () => {
    const { db, run, make, evaluation } = evaluated();
    const ids = ['dog/9.png', 'cat/9.png', 'cat/3.png'];
    // The order of the keys is no part of an attack.
    const reordered = Object.fromEntries(Object.entries(PGD).reverse()) as EvaluationAttack;
    expect(findEvaluation(db, { runId: run.id, attack: reordered, ids })?.id).toBe(evaluation.id);
    expect(findEvaluation(db, { runId: run.id, attack: PGD, ids: ids.slice(1) })).toBeNull();
    expect(findEvaluation(db, { runId: run.id, attack: { ...PGD, steps: 20 } })).toBeNull();
    expect(findEvaluation(db, { runId: run.id, attack: PGD, seed: 2 })).toBeNull();
    const newer = make(PGD, ids);
    expect(findEvaluation(db, { runId: run.id, attack: PGD })?.id).toBe(newer.id);
    expect(listEvaluations(db, run.id).map(({ id }) => id)).toEqual([newer.id, evaluation.id]);
  });

  it('refuse an untrue status', () => {
    const { db, evaluation } = evaluated();
    expect(() => setEvaluationStatus(db, evaluation.id, 'interrupted')).toThrow('cannot become');
    setEvaluationStatus(db, evaluation.id, 'running');
    expect(getEvaluation(db, evaluation.id).ownerPid).toBe(process.pid);
  });
});

describe('outcomes', () => {
  it('come back in split order, whatever order they came in', () => {
    const { db, evaluation } = evaluated();
    const outcomes = [
      outcome('cat/3.png', { perturbation: 'a'.repeat(64), fellAt: 0, clean: 1 }),
      outcome('dog/9.png', { label: 1, clean: 1, adversarial: null, margin: 2.25, fellAt: null }),
      outcome('cat/9.png'),
    ];
    recordOutcomes(db, evaluation.id, outcomes);
    expect(listOutcomes(db, evaluation.id)).toEqual([outcomes[1], outcomes[2], outcomes[0]]);
  });

  it('say what a resumed evaluation need not do again', () => {
    const { db, evaluation } = evaluated();
    recordOutcomes(db, evaluation.id, [outcome('cat/9.png')]);
    expect(doneIds(db, evaluation.id)).toEqual(new Set(['cat/9.png']));
  });

  it('are all stored or none', () => {
    const { db, evaluation } = evaluated();
    const bad = { ...outcome('cat/3.png'), margin: Number.NaN };
    expect(() => recordOutcomes(db, evaluation.id, [outcome('cat/9.png'), bad])).toThrow();
    expect(doneIds(db, evaluation.id).size).toBe(0);
    expect(getEvaluation(db, evaluation.id).n).toBe(0);
  });

  it('keep the counters equal to what is counted, through replacement and removal', () => {
    const { db, evaluation } = evaluated();
    const recount = () =>
      db
        .prepare(
          `SELECT count(*) AS n, total(clean = label) AS cleanRight,
             count(adversarial) AS attacked, total(adversarial = label) AS robustRight
           FROM outcomes WHERE evaluation_id = ?`,
        )
        .get(evaluation.id);
    const check = (expected: object): void => {
      expect(getEvaluation(db, evaluation.id)).toMatchObject(expected);
      expect(recount()).toEqual(expected);
    };
    recordOutcomes(db, evaluation.id, [
      outcome('cat/9.png'),
      outcome('cat/3.png', { adversarial: 0, fellAt: null }),
      outcome('dog/9.png', { label: 1, clean: 0, adversarial: null }),
    ]);
    check({ n: 3, cleanRight: 2, attacked: 2, robustRight: 1 });
    recordOutcomes(db, evaluation.id, [
      outcome('cat/9.png', { clean: 1, adversarial: 0 }),
      outcome('dog/9.png', { label: 1, clean: 1, adversarial: 1 }),
    ]);
    check({ n: 3, cleanRight: 2, attacked: 3, robustRight: 3 });
    db.prepare("DELETE FROM outcomes WHERE example_id = 'cat/3.png'").run();
    check({ n: 2, cleanRight: 1, attacked: 2, robustRight: 2 });
    expect(summarizeEvaluation(getEvaluation(db, evaluation.id))).toEqual({
      n: 2,
      naturalAccuracy: 0.5,
      robustAccuracy: 1,
    });
  });

  it('without any there is no accuracy', () => {
    const { db, evaluation, run } = evaluated();
    const none = { n: 0, naturalAccuracy: null, robustAccuracy: null };
    expect(summarizeEvaluation(getEvaluation(db, evaluation.id))).toEqual(none);
    expect(summarizeRun(db, run.id)).toMatchObject({ n: null, attack: null });
  });

  it('go with their evaluation', () => {
    const { db, evaluation } = evaluated();
    recordOutcomes(db, evaluation.id, [outcome('cat/9.png')]);
    recordStability(db, evaluation.id, [stability]);
    db.prepare('DELETE FROM evaluations').run();
    expect(listOutcomes(db, evaluation.id)).toEqual([]);
    expect(listStability(db, evaluation.id)).toEqual([]);
  });
});

const stability: StabilityRow = {
  id: 'cat/9.png',
  target: 0,
  imageL2: 0.5,
  imageKl: 0.2,
  imageSpearman: 0.9,
  imageTopIou: 0.5,
  textKl: 0.1,
  textSpearman: null,
  insertionClean: 0.6,
  insertionAdversarial: null,
  deletionClean: 0.3,
  deletionAdversarial: null,
};

describe('summarizeRun', () => {
  it('takes natural accuracy from most images, robust from the newest attack', () => {
    const { db, run, make, evaluation, dataset } = evaluated({ ...PGD, subset: 2 });
    const finish = (id: number): void => {
      setEvaluationStatus(db, id, 'running');
      setEvaluationStatus(db, id, 'finished');
    };
    recordOutcomes(db, evaluation.id, [outcome('cat/9.png'), outcome('cat/3.png')]);
    finish(evaluation.id);
    const ids = listImages(db, dataset.id, 'test').map(({ path }) => path);
    const clean = make(NO_ATTACK, ids);
    const unattacked = { adversarial: null, fellAt: null };
    recordOutcomes(
      db,
      clean.id,
      ids.map((id, i) => outcome(id, { ...unattacked, clean: i === 0 ? 1 : 0 })),
    );
    finish(clean.id);
    const unfinished = make({ ...PGD, steps: 20 }, ids);
    recordOutcomes(db, unfinished.id, [outcome('cat/9.png', { adversarial: 0 })]);
    expect(summarizeRun(db, run.id)).toEqual({
      naturalAccuracy: 0.75,
      naturalN: 4,
      robustAccuracy: 0,
      n: 2,
      attack: { ...PGD, subset: 2 },
      naturalEvaluation: clean.id,
      robustEvaluation: evaluation.id,
    });
  });

  it('leaves out what counts otherwise: other classes, noise, transfer, any step, sweeps', () => {
    const { db, run, dataset, evaluation } = evaluated({ ...PGD, subset: 2 });
    const finish = (id: number): void => {
      setEvaluationStatus(db, id, 'running');
      setEvaluationStatus(db, id, 'finished');
    };
    recordOutcomes(db, evaluation.id, [outcome('cat/9.png', { adversarial: 0 })]);
    finish(evaluation.id);
    const shared = {
      runId: run.id,
      modelId: null,
      datasetId: dataset.id,
      seed: 1,
      environment: {},
    };
    const ids = ['cat/9.png'];
    const others = [
      { attack: PGD, classes: 'new' as const },
      { attack: { ...PGD, name: 'noise' as const } },
      { attack: { ...PGD, source: 'other' } },
      { attack: { ...PGD, stopWhenFooled: true } },
      { attack: { ...PGD, epsilon: 8 / 255 }, purpose: 'sweep' as const },
    ];
    for (const other of others) {
      const { id } = createEvaluation(db, { ...shared, ids, ...other });
      recordOutcomes(db, id, [outcome('cat/9.png', { adversarial: 1 })]);
      finish(id);
    }
    const { robustEvaluation, robustAccuracy } = summarizeRun(db, run.id);
    expect({ robustEvaluation, robustAccuracy }).toEqual({
      robustEvaluation: evaluation.id,
      robustAccuracy: 1,
    });
  });
});

describe('what was seen of an attack', () => {
  it('adds up over the parts of an evaluation', () => {
    const { db, evaluation } = evaluated();
    const part = {
      images: 2,
      maxDistance: 0.1,
      minPixel: 0.2,
      maxPixel: 0.9,
      zeroGradientImages: 1,
      noiseRight: 2,
    };
    addObservation(db, evaluation.id, part);
    addObservation(db, evaluation.id, { ...part, maxDistance: 0.3, minPixel: 0, noiseRight: 1 });
    expect(getEvaluation(db, evaluation.id).observed).toEqual({
      images: 4,
      maxDistance: 0.3,
      minPixel: 0,
      maxPixel: 0.9,
      zeroGradientImages: 2,
      noiseRight: 3,
    });
    addObservation(db, evaluation.id, { ...part, zeroGradientImages: null });
    expect(getEvaluation(db, evaluation.id).observed?.zeroGradientImages).toBeNull();
    const probe = { sweep: [{ epsilon: 0.1, right: 0, n: 1 }], blackBox: null };
    setProbe(db, evaluation.id, probe);
    expect(getEvaluation(db, evaluation.id).probe).toEqual(probe);
  });
});

describe('stability', () => {
  it('one value an example and target, the newer replaces', () => {
    const { db, evaluation } = evaluated();
    const row = stability;
    recordStability(db, evaluation.id, [row, { ...row, target: 1 }]);
    recordStability(db, evaluation.id, [{ ...row, imageL2: 0.7 }]);
    expect(listStability(db, evaluation.id)).toEqual([
      { ...row, imageL2: 0.7 },
      { ...row, target: 1 },
    ]);
  });
});

describe('models', () => {
  it('refuse a second of one name', () => {
    const { db, model } = storeWithData();
    expect(() => addModel(db, model)).toThrow('A model named "tiny" is already there');
  });
});
