import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { startBackend } from '../../../src/engine/backend/start-backend.ts';
import { evaluate } from '../../../src/engine/evaluation/evaluate.ts';
import { evaluationAttackSchema } from '../../../src/shared/attack.ts';
import type { Example } from '../../../src/shared/engine-contract.ts';
import { defaultConfig } from '../../../src/shared/method-catalogue.ts';
import type { Outcome } from '../../../src/shared/results.ts';
import { collect } from '../support/small-run.ts';

const DEMO = join(import.meta.dirname, '../../../resources/demo');
const DATASET = join(DEMO, 'datasets/demo-mammals');
const IMAGES = 200;

type Split = { test: [path: string, label: number, name: string][] };
let examples: Example[];
let classNames: string[];

beforeAll(async () => {
  await startBackend();
  const text = await readFile(join(DATASET, 'split.json'), 'utf8');
  const { test: entries } = JSON.parse(text) as Split;
  classNames = [];
  for (const [, label, name] of entries) classNames[label] = name;
  examples = entries.slice(0, IMAGES).map(([id, label]) => {
    return { id, path: join(DATASET, 'images', id), label };
  });
});

async function outcomesOf(batchSize: number, attack: object): Promise<Outcome[]> {
  const config = defaultConfig({
    method: 'zero-shot',
    dataset: 'demo-mammals',
    model: 'demo-clip',
    shots: 1,
    seed: 1,
  });
  const task = { classNames, template: 'a photo of a {}.' };
  const model = { path: join(DEMO, 'model') };
  const job = {
    tuned: { config, model, task, checkpoint: null },
    examples,
    attack: evaluationAttackSchema.parse({ name: 'pgd', ...attack }),
    attacker: null,
    batchSize,
    perturbationFolder: null,
  };
  const events = await collect(evaluate(job, new AbortController().signal));
  return events.flatMap((event) => (event.type === 'outcomes' ? event.outcomes : []));
}

const differing = (a: Outcome[], b: Outcome[]) =>
  a
    .filter(({ clean, adversarial }, i) => {
      const other = b[i] as Outcome;
      return clean !== other.clean || adversarial !== other.adversarial;
    })
    .map(({ id }) => id);

test('batches of 1, 7 and 64 differ in at most 1 outcome of 200', async () => {
  const attack = { epsilon: 2 / 255, stepSize: 2 / 255, steps: 3 };
  const single = await outcomesOf(1, attack);
  expect(single).toHaveLength(IMAGES);
  // Sums of another order round otherwise; a sign near 0 may flip. The ids say where.
  for (const size of [7, 64]) {
    const ids = differing(single, await outcomesOf(size, attack));
    expect(ids.length, `batch ${size}: ${ids.join(', ')}`).toBeLessThanOrEqual(1);
  }
  // The attack did something, so that the comparison is about something.
  expect(single.filter(({ fellAt }) => (fellAt ?? 0) > 0).length).toBeGreaterThan(20);
});

test('an eps of 0 is the natural prediction exactly', async () => {
  const outcomes = await outcomesOf(64, { epsilon: 0, stepSize: 0, steps: 2 });
  for (const { clean, adversarial } of outcomes) expect(adversarial).toBe(clean);
});
