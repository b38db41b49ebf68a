import { afterEach, describe, expect, it } from 'vitest';
import { attackOf } from '../../../src/main/api/create-run.ts';
import {
  keepWithinLimit,
  PERTURBATION_LIMIT_KEY,
  perturbationFolder,
} from '../../../src/main/jobs/perturbation-limit.ts';
import { createEvaluation } from '../../../src/main/store/evaluations.ts';
import { listOutcomes, recordOutcomes } from '../../../src/main/store/outcomes.ts';
import { setSetting } from '../../../src/main/store/settings.ts';
import { hasBlob } from '../../../src/main/workspace/blobs.ts';
import { createTestApp, createTestRun, type TestApp } from '../fixtures/test-app.ts';
import { writeBlob } from '../fixtures/write-blob.ts';

let app: TestApp;
afterEach(() => app.dispose());

const IDS = ['class0/test-0.png', 'class0/test-1.png', 'class0/test-2.png'];

/** An evaluation of three images of class 0 with these predictions under attack. */
function evaluate(seed: number, adversarial: number[]): number {
  const run = createTestRun(app, 'fap', seed);
  const attack = attackOf(run.config, {});
  const { id: runId, datasetId } = run;
  const { id } = createEvaluation(app.db, {
    runId,
    modelId: null,
    datasetId,
    attack,
    ids: IDS,
    seed,
    environment: {},
  });
  const outcomes = IDS.map((name, index) => ({
    id: name,
    label: 0,
    clean: 0,
    adversarial: adversarial[index] ?? 0,
    margin: 0,
    fellAt: null,
    perturbation: writeBlob(app.workspace, Buffer.alloc(100, `${seed}-${index}`)),
  }));
  recordOutcomes(app.db, id, outcomes);
  return id;
}

const kept = (evaluation: number) =>
  listOutcomes(app.db, evaluation).map(({ perturbation }) => perturbation !== null);

describe('keepWithinLimit', () => {
  it('keeps all where there is room', async () => {
    app = await createTestApp({});
    const first = evaluate(1, [0, 0, 1]);
    await keepWithinLimit(app);
    expect(kept(first)).toEqual([true, true, true]);
  });

  it('gives up images that the runs agree on first, and the older run before the newer', async () => {
    app = await createTestApp({});
    const first = evaluate(1, [0, 0, 1]);
    const second = evaluate(2, [0, 2, 1]);
    const hashes = listOutcomes(app.db, first).map(({ perturbation }) => perturbation ?? '');
    // Room for four of six: down to 90 % of 400 bytes, which is three.
    setSetting(app.db, PERTURBATION_LIMIT_KEY, 400);
    await keepWithinLimit(app);
    expect(kept(first)).toEqual([false, true, false]);
    expect(kept(second)).toEqual([false, true, true]);
    expect(hashes.map((hash) => hasBlob(app.workspace, hash))).toEqual([false, true, false]);
    expect(listOutcomes(app.db, first)).toHaveLength(3);
  });

  it('keeps none at a limit of 0', async () => {
    app = await createTestApp({});
    expect(perturbationFolder(app)).toBe(app.workspace.blobFolder);
    setSetting(app.db, PERTURBATION_LIMIT_KEY, 0);
    expect(perturbationFolder(app)).toBeNull();
  });
});
