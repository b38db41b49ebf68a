import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { compareDatasets } from '../../../../src/main/api/compare/compare-datasets.ts';
import { attackOf } from '../../../../src/main/api/create-run.ts';
import { addDataset } from '../../../../src/main/datasets/add-dataset.ts';
import type { DatasetRow } from '../../../../src/main/store/datasets.ts';
import { createRun, type RunRow } from '../../../../src/main/store/runs.ts';
import { datasetsReportSchema } from '../../../../src/shared/api/compare-datasets.ts';
import { defaultConfig } from '../../../../src/shared/method-catalogue.ts';
import type { MethodName } from '../../../../src/shared/run-config.ts';
import { createTestApp, type TestApp } from '../../fixtures/test-app.ts';
import { writeTinyDataset } from '../../fixtures/tiny-dataset.ts';
import { evaluate } from './evaluated-run.ts';

let app: TestApp;
let datasets: DatasetRow[];

beforeEach(async () => {
  app = await createTestApp({});
  datasets = [app.dataset];
  for (const name of ['second', 'third']) {
    const path = await writeTinyDataset(join(app.workspace.folder, name));
    const { dataset } = await addDataset(app.db, { path, name });
    if (dataset) datasets.push(dataset);
  }
});
afterEach(() => app.dispose());

type More = { seed?: number; shots?: number; epochs?: number };

/** A run on one of the datasets with its outcomes: what images are taken for, of labels 000111. */
function measured(
  method: MethodName,
  dataset: number,
  [clean, attacked]: [string, string],
  { seed = 1, shots = 4, epochs }: More = {},
): RunRow {
  const { id, name, splitHash } = datasets[dataset] as DatasetRow;
  const config = defaultConfig({ method, dataset: name, model: 'tiny', shots, seed });
  const model = app.db.prepare('SELECT id FROM models').get() as { id: string };
  const run = createRun(app.db, {
    config: epochs ? { ...config, epochs } : config,
    datasetId: id,
    modelId: model.id,
    environment: {},
    modelHash: 'aa',
    splitHash,
  });
  evaluate(app, run, attackOf(defaultConfig({ ...config, method: 'fap' }), {}), clean, attacked);
  return run;
}

const ask = (methods: MethodName[], shots: number | null = null) =>
  compareDatasets(app.db, { methods, model: null, shots });

describe('compareDatasets', () => {
  it('two methods: the difference on each dataset, and tests that count a dataset once', async () => {
    for (const [index, attacked] of ['000000', '011111', '000111'].entries()) {
      measured('fap', index, ['000111', '111000']);
      measured('cba-fapt', index, ['000111', attacked]);
    }
    const report = await ask(['fap', 'cba-fapt']);
    expect(() => datasetsReportSchema.parse(report)).not.toThrow();
    expect(report).toMatchObject({ model: 'tiny', shots: 4, leftOut: [], several: null });
    expect(report.datasets.map(({ dataset }) => dataset)).toEqual(['second', 'third', 'tiny']);
    const robust = report.two?.robust;
    // Ours in the order of the names: second, third, tiny.
    expect(robust?.differences.map(({ delta }) => delta)).toEqual([4 / 6, 1, 0.5]);
    expect(robust?.differences[1]).toMatchObject({ aOnly: 0, bOnly: 6, unit: 'images' });
    expect(robust?.differences[1]?.adjusted).toBeCloseTo(6 / 64, 12);
    expect(robust?.wilcoxon).toMatchObject({ n: 3, p: 0.25, method: 'exact' });
    expect(robust?.meanDelta).toBeCloseTo(13 / 18, 12);
    expect(report.two?.natural.wilcoxon).toMatchObject({ n: 0, zeros: 3, p: 1 });
  });

  it('three methods: average ranks and the critical difference', async () => {
    for (const index of [0, 1, 2]) {
      measured('zero-shot', index, ['000000', '111000']);
      measured('fap', index, ['000110', '111000']);
      measured('cba-fapt', index, ['000111', '111000']);
    }
    const { several, two } = await ask(['zero-shot', 'fap', 'cba-fapt']);
    expect(two).toBeNull();
    expect(several?.natural).toMatchObject({ ranks: [3, 2, 1], statistic: 6, degrees: 2 });
    expect(several?.natural?.criticalDifference).toBeCloseTo(1.9133, 3);
    expect(several?.robust).toMatchObject({ ranks: [2, 2, 2], p: 1 });
  });

  it('never lays unlike beside unlike', async () => {
    measured('fap', 0, ['000111', '000000']);
    measured('cba-fapt', 0, ['000111', '000000']);
    measured('fap', 1, ['000111', '000000']);
    measured('cba-fapt', 1, ['000111', '000000'], { epochs: 99 });
    measured('fap', 2, ['000111', '000000']);
    measured('cba-fapt', 2, ['00011', '00000']);
    const report = await ask(['fap', 'cba-fapt']);
    expect(report.datasets.map(({ dataset }) => dataset)).toEqual(['tiny']);
    expect(report.leftOut.map(({ message }) => message)).toEqual([
      'On "second" there is no measured run with the same settings of: CBA-FAPT.',
      'On "third" not every run was evaluated on the same images.',
    ]);
  });

  it('takes the seeds that all have, and one zero-shot run for all of them', async () => {
    for (const seed of [1, 2, 3]) measured('fap', 0, ['000111', '000111'], { seed });
    for (const seed of [2, 3, 4]) measured('cba-fapt', 0, ['000110', '000000'], { seed });
    measured('zero-shot', 0, ['000000', '111000'], { shots: 16 });
    const [row] = (await ask(['fap', 'cba-fapt'])).datasets;
    expect(row?.natural.map(({ seeds }) => seeds)).toEqual([
      [2, 3],
      [2, 3],
    ]);
    const withZero = await ask(['zero-shot', 'fap']);
    expect(withZero.shots).toBe(4);
    expect(withZero.datasets[0]?.robust?.map(({ seeds }) => seeds)).toEqual([[1], [1, 2, 3]]);
    expect(withZero.two?.robust?.differences[0]).toMatchObject({ delta: 1, bOnly: 6 });
  });

  it('takes the number of shots with most datasets, and another when asked', async () => {
    for (const method of ['fap', 'cba-fapt'] as const) {
      measured(method, 0, ['000111', '000000'], { shots: 2 });
      measured(method, 1, ['000111', '000000'], { shots: 2 });
      measured(method, 0, ['000111', '000000'], { shots: 8 });
    }
    const report = await ask(['fap', 'cba-fapt']);
    expect(report.choices).toEqual([
      { model: 'tiny', shots: 2, datasets: 2 },
      { model: 'tiny', shots: 8, datasets: 1 },
    ]);
    expect(report.shots).toBe(2);
    expect((await ask(['fap', 'cba-fapt'], 8)).datasets).toHaveLength(1);
    await expect(ask(['fap', 'cba-fapt'], 1)).rejects.toMatchObject({ code: 'not-comparable' });
  });

  it('counts clusters where a dataset has them', async () => {
    app.db.exec('UPDATE images SET cluster = label');
    measured('fap', 0, ['000111', '111000']);
    measured('cba-fapt', 0, ['000111', '000111']);
    const { two } = await ask(['fap', 'cba-fapt']);
    expect(two?.robust?.differences[0]).toMatchObject({ unit: 'clusters', bOnly: 2, aOnly: 0 });
  });
});
