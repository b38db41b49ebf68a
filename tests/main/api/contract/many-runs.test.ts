import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEvaluation, setEvaluationStatus } from '../../../../src/main/store/evaluations.ts';
import { recordOutcomes } from '../../../../src/main/store/outcomes.ts';
import { createRun } from '../../../../src/main/store/runs.ts';
import { addTag } from '../../../../src/main/store/tags.ts';
import { evaluationAttackSchema } from '../../../../src/shared/attack.ts';
import { defaultConfig } from '../../../../src/shared/method-catalogue.ts';
import { openTestHost, type TestHost } from '../../fixtures/test-host.ts';
import { type Connected, inProcess } from '../../hosts/connect.ts';

const RUNS = 10_000;
/** Runs of one group differ in their seed alone. */
const SEEDS = 4;
const MEASURED = 40;

let test: TestHost;
let connected: Connected;
beforeAll(async () => {
  test = await openTestHost(() => ({}));
  connected = await inProcess(test.host);
  fill();
});
afterAll(async () => {
  await connected.dispose();
  await test.dispose();
});

/** 10,000 runs in groups of four; the first forty are measured on ten images. */
function fill(): void {
  const { db } = test.host.app;
  const { datasetId, modelId, modelHash, splitHash } = test.createRun(1);
  db.prepare('DELETE FROM runs').run();
  db.transaction(() => {
    for (let number = 0; number < RUNS; number += 1) {
      const identity = { dataset: 'tiny', model: 'tiny', shots: 1, seed: 1 + (number % SEEDS) };
      const method = number % 2 === 0 ? ('fap' as const) : ('cba-fapt' as const);
      const epochs = 1 + Math.floor(number / (2 * SEEDS));
      const config = { ...defaultConfig({ ...identity, method }), epochs };
      const { id } = createRun(db, {
        config: { ...config, seed: 1 + (Math.floor(number / 2) % SEEDS) },
        ...{ datasetId, modelId, modelHash, splitHash, environment: {} },
      });
      db.prepare('UPDATE runs SET created_at = ? WHERE id = ?').run(number, id);
      if (number < MEASURED) measure(id, number);
    }
  })();
}

/** Right on `number % 10` of ten images under attack, on one more without. */
function measure(runId: string, number: number): void {
  const { db } = test.host.app;
  const ids = Array.from({ length: 10 }, (_, index) => `${index}`);
  const { id } = createEvaluation(db, {
    runId,
    modelId: null,
    datasetId: (db.prepare('SELECT id FROM datasets').get() as { id: string }).id,
    attack: evaluationAttackSchema.parse({ name: 'pgd' }),
    ids,
    seed: 1,
    environment: {},
  });
  setEvaluationStatus(db, id, 'running');
  const right = number % 10;
  const rows = ids.map((image, index) => ({
    id: image,
    label: 0,
    clean: index <= right ? 0 : 1,
    adversarial: index < right ? 0 : 1,
    margin: 0,
    fellAt: null,
    perturbation: null,
  }));
  recordOutcomes(db, id, rows);
  setEvaluationStatus(db, id, 'finished');
}

describe('10,000 runs', () => {
  it('come page by page, newest first, none twice', async () => {
    const first = await connected.client.api.runs.list({ limit: 500 });
    expect(first.total).toBe(RUNS);
    const last = await connected.client.api.runs.list({ limit: 500, offset: RUNS - 500 });
    expect(first.runs[0]?.createdAt).toBe(RUNS - 1);
    expect(last.runs.at(-1)?.createdAt).toBe(0);
    const ids = new Set([...first.runs, ...last.runs].map(({ id }) => id));
    expect(ids.size).toBe(1000);
  });

  it('are sorted by robust accuracy over all of them, not over a page', async () => {
    const { runs } = await connected.client.api.runs.list({
      sort: { by: 'robust', descending: true },
      limit: 50,
    });
    const accuracies = runs.map(({ robust }) => robust?.accuracy ?? null);
    expect(accuracies.slice(0, 5)).toEqual([0.9, 0.9, 0.9, 0.9, 0.8]);
    expect(accuracies.slice(MEASURED)).toEqual(Array(10).fill(null));
    expect(runs[0]).toMatchObject({ natural: { accuracy: 1, n: 10 }, robust: { n: 10 } });
  });

  it('are filtered by method, seed and tag together', async () => {
    const { db } = test.host.app;
    const { runs } = await connected.client.api.runs.list({
      filter: { methods: ['fap'], seeds: [2] },
    });
    for (const { id } of runs.slice(0, 3)) addTag(db, id, 'look');
    const filter = { methods: ['fap' as const], seeds: [2], tags: ['look'] };
    const found = await connected.client.api.runs.list({ filter });
    expect(found.total).toBe(3);
    expect(found.runs.map(({ id }) => id)).toEqual(runs.slice(0, 3).map(({ id }) => id));
  });

  it('are grouped by all but the seed, with mean and standard deviation', async () => {
    const { total, groups } = await connected.client.api.runs.groups({
      sort: { by: 'created', descending: false },
      limit: 2,
    });
    expect(total).toBe(RUNS / SEEDS);
    // The first eight runs: FAP has numbers 0, 2, 4, 6, CBA-FAPT 1, 3, 5, 7.
    expect(groups[0]).toMatchObject({
      method: 'fap',
      robust: { n: 4, images: 10, attack: { name: 'pgd' } },
      natural: { n: 4, images: 10 },
    });
    expect(groups[0]?.robust?.mean).toBeCloseTo(0.3, 12);
    // Deviations from 0.3: -0.3, -0.1, 0.1, 0.3; their squares sum to 0.2, over 3.
    expect(groups[0]?.robust?.std).toBeCloseTo(Math.sqrt(0.2 / 3), 12);
    expect(groups[0]?.runs.map(({ seed }) => seed)).toEqual([4, 3, 2, 1]);
    const key = groups[0]?.key ?? '';
    expect((await connected.client.api.runs.list({ filter: { group: key } })).total).toBe(SEEDS);
  });

  it('the best groups come first whatever the page', async () => {
    const { groups } = await connected.client.api.runs.groups({
      sort: { by: 'robust', descending: true },
    });
    const means = groups.map(({ robust }) => robust?.mean ?? Number.NEGATIVE_INFINITY);
    expect(means).toEqual(means.toSorted((a, b) => b - a));
  });
});
