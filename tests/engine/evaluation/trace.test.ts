import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startBackend } from '../../../src/engine/backend/start-backend.ts';
import { evaluate } from '../../../src/engine/evaluation/evaluate.ts';
import { releaseClassifiers } from '../../../src/engine/evaluation/held-classifier.ts';
import { trace } from '../../../src/engine/evaluation/trace.ts';
import { type EvaluationAttack, evaluationAttackSchema } from '../../../src/shared/attack.ts';
import type { Example } from '../../../src/shared/engine-contract.ts';
import { type Trace, type TraceEvent, traceEventSchema } from '../../../src/shared/engine-trace.ts';
import { collect, makeSmallData, type SmallData, smallConfig, TASK } from '../support/small-run.ts';

const SIZE = 32;
const PER_IMAGE = 3 * SIZE * SIZE;
let data: SmallData;
beforeAll(async () => {
  await startBackend({ threads: 1 });
  data = await makeSmallData(await mkdtemp(join(tmpdir(), 'fapt-trace-')), 4);
});
afterAll(async () => {
  releaseClassifiers();
  await rm(data.folder, { recursive: true });
});

type Changes = Partial<EvaluationAttack> & Pick<EvaluationAttack, 'name'>;
const attackOf = (changes: Changes) =>
  evaluationAttackSchema.parse({ epsilon: 8 / 255, stepSize: 3 / 255, steps: 5, ...changes });
const tuned = () => ({
  config: smallConfig('cba-fapt'),
  model: { path: data.model },
  task: TASK,
  checkpoint: null,
});
const exampleAt = (index: number) => data.examples[index] as Example;

type Traced = { trace: Trace; trajectory: Float32Array; answer: Float32Array };

async function traced(changes: Changes, index = 1, maxBytes = 1e9): Promise<Traced> {
  const files = {
    trajectory: join(data.folder, 'traces', 'trajectory'),
    answer: join(data.folder, 'traces', 'answer'),
    maxBytes,
  };
  const job = { tuned: tuned(), example: exampleAt(index), attack: attackOf(changes), files };
  const events = await collect(trace(job, new AbortController().signal), (event) =>
    traceEventSchema.parse(event),
  );
  expect(events.at(-1)).toEqual({ type: 'end', status: 'finished' });
  const found = events.find((event) => event.type === 'trace') as { trace: Trace };
  const floats = async (path: string) =>
    new Float32Array(new Uint8Array(await readFile(path)).buffer);
  const [trajectory, answer] = [await floats(files.trajectory), await floats(files.answer)];
  expect(trajectory).toHaveLength(found.trace.kept.length * PER_IMAGE);
  return { trace: found.trace, trajectory, answer };
}

/** What an evaluation of this image alone keeps and counts. */
async function evaluated(changes: Changes, index = 1) {
  const folder = join(data.folder, 'blobs');
  const job = {
    ...{ tuned: tuned(), examples: [exampleAt(index)], attack: attackOf(changes), attacker: null },
    ...{ batchSize: 1, perturbationFolder: folder },
  };
  const events = await collect(evaluate(job, new AbortController().signal));
  const outcomes = events.flatMap((event) => (event.type === 'outcomes' ? event.outcomes : []));
  const outcome = outcomes[0] as (typeof outcomes)[number];
  const hash = outcome.perturbation as string;
  const bytes = await readFile(join(folder, hash.slice(0, 2), hash));
  return { outcome, kept: new Float32Array(new Uint8Array(bytes).buffer) };
}

const L2 = { norm: 'l2', epsilon: 0.5, stepSize: 0.2 } as const;
const ATTACKS: Changes[] = [
  { name: 'pgd' },
  { name: 'pgd', restarts: 3 },
  { name: 'pgd', loss: 'margin', iterate: 'best', restarts: 2 },
  { ...L2, name: 'pgd', loss: 'kl', randomStart: false },
  { name: 'pgd', stopWhenFooled: true },
  { name: 'apgd', loss: 'dlr' },
  { name: 'noise' },
  { name: 'square', steps: 10 },
];

describe.each(ATTACKS.map((attack) => [JSON.stringify(attack), attack] as const))(
  '%s',
  (_, attack) => {
    test("answers bit for bit with the evaluation's kept perturbation", async () => {
      const { trace: found, answer, trajectory } = await traced(attack);
      const { outcome, kept } = await evaluated(attack);
      expect(answer).toEqual(kept);
      expect(found.answer).toMatchObject({
        predicted: outcome.adversarial,
        margin: outcome.margin,
      });
      expect(found.clean.predicted).toBe(outcome.clean);
      const isAscent = attack.name === 'pgd' || attack.name === 'apgd';
      expect(found.steps.length > 0).toBe(isAscent);
      if (!isAscent) return;
      // The step that is the answer says the same, and its image is the answer's.
      const place = found.kept.indexOf(found.answer.step as number);
      expect(trajectory.subarray(place * PER_IMAGE, (place + 1) * PER_IMAGE)).toEqual(answer);
      const step = found.steps.find((one) => one.step === found.answer.step);
      expect(step).toMatchObject({ margin: outcome.margin, predicted: outcome.adversarial });
      const last = attackOf(attack).iterate === 'last' && attack.name === 'pgd';
      if (last) expect(found.answer.step).toBe(found.steps.at(-1)?.step);
    });
  },
);

test('every step is there, in the ball, and grows the loss from its start', async () => {
  const { trace: found, trajectory } = await traced({ name: 'pgd', steps: 6 });
  expect(found.steps.map(({ step }) => step)).toEqual([0, 1, 2, 3, 4, 5, 6]);
  expect(found.kept).toEqual([0, 1, 2, 3, 4, 5, 6]);
  for (const [i, { linf, l2, logits, margin, predicted }] of found.steps.entries()) {
    const own = trajectory.subarray(i * PER_IMAGE, (i + 1) * PER_IMAGE);
    expect(linf).toBe(Math.max(...own.map(Math.abs)));
    expect(linf).toBeLessThanOrEqual((8 / 255) * (1 + 1e-6));
    expect(l2).toBeCloseTo(Math.hypot(...own), 5);
    expect(logits).toHaveLength(3);
    expect(predicted).toBe(logits.indexOf(Math.max(...logits)));
    const others = logits.filter((__, k) => k !== exampleAt(1).label);
    expect(margin).toBeCloseTo((logits[exampleAt(1).label] as number) - Math.max(...others), 5);
  }
  expect(found.steps.at(-1)?.loss).toBeGreaterThan(found.steps[0]?.loss as number);
});

test('a trajectory that would be too large keeps every second or third step, and the last', async () => {
  const bytes = PER_IMAGE * 4;
  const three = await traced({ name: 'pgd', steps: 7 }, 1, 4 * bytes);
  expect(three.trace.kept).toEqual([0, 3, 6, 7]);
  expect(three.trace.steps).toHaveLength(8);
  const none = await traced({ name: 'pgd', steps: 7 }, 1, bytes);
  expect(none.trace.kept).toEqual([]);
  expect(none.answer).toEqual(three.answer);
});

test('stops within a step, and leaves no tensor and no file', async () => {
  const job = {
    ...{ tuned: tuned(), example: exampleAt(0), attack: attackOf({ name: 'pgd', steps: 10_000 }) },
    files: {
      trajectory: join(data.folder, 'stopped', 't'),
      answer: join(data.folder, 'stopped', 'a'),
      maxBytes: 1e9,
    },
  };
  const short = { ...job, attack: attackOf({ name: 'pgd', steps: 2 }), files: null };
  await collect(trace(short, new AbortController().signal));
  const before = tf.memory().numTensors;
  await collect(trace(short, new AbortController().signal));
  expect(tf.memory().numTensors).toBe(before);
  const stop = new AbortController();
  const events: TraceEvent[] = await collect(trace(job, stop.signal), () => stop.abort());
  expect(events.at(-1)).toEqual({ type: 'end', status: 'stopped' });
  expect(tf.memory().numTensors).toBe(before);
  await expect(stat(job.files.answer)).rejects.toMatchObject({ code: 'ENOENT' });
});
