import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { measureStability } from '../../../src/main/api/measure-stability.ts';
import { measuredStability, stabilityReport } from '../../../src/main/api/stability-report.ts';
import { createEvaluation, setEvaluationStatus } from '../../../src/main/store/evaluations.ts';
import { listImages } from '../../../src/main/store/images.ts';
import { recordOutcomes } from '../../../src/main/store/outcomes.ts';
import type { RunRow } from '../../../src/main/store/runs.ts';
import { listStability } from '../../../src/main/store/stability.ts';
import { evaluationAttackSchema } from '../../../src/shared/attack.ts';
import type {
  StabilityEvent,
  StabilityJob,
  StabilityRow,
} from '../../../src/shared/engine-contract.ts';
import { createTestApp, createTestRun, type TestApp } from '../fixtures/test-app.ts';
import { writeBlob } from '../fixtures/write-blob.ts';

let app: TestApp;
let run: RunRow;
let evaluationId: number;
let jobs: StabilityJob[];
/** Images after which the engine is asked to stop. */
let limit: number;

beforeEach(async () => {
  jobs = [];
  limit = Number.POSITIVE_INFINITY;
  app = await createTestApp({ stability });
  run = createTestRun(app, 'zero-shot');
});
afterEach(() => app.dispose());

/** Image l2 is the picture's number in its class; class 2 has no order among its words. */
async function* stability(job: StabilityJob): AsyncGenerator<StabilityEvent> {
  jobs.push(job);
  const total = job.examples.length;
  for (const [index, { example }] of job.examples.entries()) {
    if (index >= limit) {
      yield { type: 'end', status: 'stopped' };
      return;
    }
    yield { type: 'progress', done: index + 0.5, total };
    const curve = job.curves ? 0.5 : null;
    const row: StabilityRow = {
      id: example.id,
      target: example.label,
      imageL2: Number(/-(\d)/.exec(example.id)?.[1]),
      imageKl: 1,
      imageSpearman: 1,
      imageTopIou: 1,
      textKl: 1,
      textSpearman: example.label === 2 ? null : 0.25,
      insertionClean: curve,
      insertionAdversarial: curve,
      deletionClean: curve,
      deletionAdversarial: curve,
    };
    yield { type: 'rows', rows: [row], done: index + 1, total };
  }
  yield { type: 'end', status: 'finished' };
}

/** A finished PGD evaluation of all 18 test images; `kept` has its perturbation on disk. */
function attacked(kept: Record<string, string> = {}): void {
  const images = listImages(app.db, app.dataset.id, 'test');
  const { id } = createEvaluation(app.db, {
    runId: run.id,
    modelId: null,
    datasetId: app.dataset.id,
    attack: evaluationAttackSchema.parse({ name: 'pgd' }),
    ids: images.map(({ path }) => path),
    seed: 1,
    environment: {},
  });
  evaluationId = id;
  const outcomes = images.map(({ path, label }) => ({
    id: path,
    label,
    clean: label,
    adversarial: label,
    margin: 1,
    fellAt: null,
    perturbation: kept[path] ?? null,
  }));
  recordOutcomes(app.db, id, outcomes);
  setEvaluationStatus(app.db, id, 'running');
  setEvaluationStatus(app.db, id, 'finished');
}

const measure = (options: { curves?: boolean; subset?: number | null } = {}) =>
  measureStability(app, run, { stage: 'maps', curves: true, ...options });
const sizes = () => jobs.map(({ examples }) => examples.length);

describe('measureStability', () => {
  it('measures every attacked image once, with the perturbations that are kept', async () => {
    const here = writeBlob(app.workspace, new Uint8Array(3));
    attacked({ 'class0/test-0.png': here, 'class0/test-1.png': 'f'.repeat(64) });
    const { rows } = await measure();
    expect(rows.map(({ id }) => id)).toEqual(
      listImages(app.db, app.dataset.id, 'test').map(({ path }) => path),
    );
    const [first, second, third] = jobs[0]?.examples ?? [];
    expect(first?.perturbation).toContain(here);
    // One was removed since, one was never kept: both are attacked again.
    expect([second?.perturbation, third?.perturbation]).toEqual([null, null]);
    expect((await measure()).rows).toEqual(rows);
    expect(sizes()).toEqual([18]);
  });

  it('goes on after a stop with what is left, and its progress too', async () => {
    attacked();
    limit = 7;
    await expect(measure()).rejects.toMatchObject({
      code: 'stopped',
      message: expect.stringContaining('the same command goes on'),
    });
    expect(listStability(app.db, evaluationId)).toHaveLength(7);
    limit = Number.POSITIVE_INFINITY;
    app.progress.length = 0;
    expect((await measure()).rows).toHaveLength(18);
    expect(sizes()).toEqual([18, 11]);
    expect(app.progress.at(0)).toMatchObject({ stage: 'maps', done: 7.5, total: 18 });
    expect(app.progress.at(-1)).toMatchObject({ done: 18, total: 18 });
  });

  it('takes a balanced subset, and measures the rest when it is wanted', async () => {
    attacked();
    const { rows } = await measure({ subset: 4, curves: false });
    expect(rows.map(({ target }) => target)).toEqual([0, 0, 1, 2]);
    await measure({ curves: false });
    expect(sizes()).toEqual([4, 14]);
  });

  it('curves are measured where they are missing, and left out where they are not wanted', async () => {
    attacked();
    await measure({ curves: false });
    await measure({ subset: 3 });
    expect(sizes()).toEqual([18, 3]);
    const { rows } = await measure({ curves: false });
    expect(rows.every(({ insertionClean }) => insertionClean === null)).toBe(true);
    // What was measured stays.
    await measure({ subset: 3 });
    expect(sizes()).toEqual([18, 3]);
  });

  it('says what to do where nothing was attacked', async () => {
    await expect(measure()).rejects.toMatchObject({
      code: 'not-attacked',
      message: expect.stringContaining(`fapt eval ${run.id}`),
    });
  });
});

describe('stabilityReport', () => {
  const report = (curves = false) =>
    stabilityReport(app, run.id, { stage: 'maps', curves, subset: null });

  it('has mean, interval and n of each number; what has no value is left out', async () => {
    attacked();
    const { numbers, n, bootstrap, examples } = await report();
    expect(n).toBe(18);
    expect(bootstrap).toEqual({ seed: 1, resamples: 10_000, clusters: 18 });
    // 0 to 5 in each class.
    expect(numbers.imageL2).toMatchObject({ mean: 2.5, n: 18 });
    const [low, high] = numbers.imageL2?.ci ?? [0, 0];
    // Standard error sqrt(35 / 12 / 18) = 0.4025; 1.96 of it is 0.789.
    expect(low).toBeCloseTo(2.5 - 0.789, 0.5);
    expect(high).toBeCloseTo(2.5 + 0.789, 0.5);
    expect(numbers.textSpearman).toEqual({ mean: 0.25, ci: [0.25, 0.25], n: 12 });
    expect(numbers.insertionClean).toBeNull();
    expect(examples).toHaveLength(18);
    expect((await report(true)).numbers.deletionAdversarial).toMatchObject({ mean: 0.5, n: 18 });
  });

  it('is there of what was measured so far, without the engine', async () => {
    expect(measuredStability(app, run)).toBeNull();
    attacked();
    expect(measuredStability(app, run)).toBeNull();
    limit = 7;
    await expect(report()).rejects.toMatchObject({ code: 'stopped' });
    const part = measuredStability(app, run);
    expect(part).toMatchObject({ run: run.id, n: 7, attack: { name: 'pgd' } });
    expect(part?.numbers.imageL2).toMatchObject({ mean: 15 / 7, n: 7 });
    limit = Number.POSITIVE_INFINITY;
    const whole = await report();
    expect(measuredStability(app, run)).toEqual(whole);
    expect(jobs).toHaveLength(2);
  });

  it('draws whole clusters where images come in such', async () => {
    attacked();
    // Pictures of one number are one cluster: 6 values, each three times.
    app.db.exec("UPDATE images SET cluster = substr(path, -5, 1) WHERE split = 'test'");
    const { numbers, bootstrap } = await report();
    expect(bootstrap.clusters).toBe(6);
    const [low, high] = numbers.imageL2?.ci ?? [0, 0];
    // Standard error sqrt(35 / 12 / 6) = 0.697, the square root of three wider.
    expect(high - low).toBeGreaterThan(2.3);
    expect(high - low).toBeLessThan(3.1);
  });
});
