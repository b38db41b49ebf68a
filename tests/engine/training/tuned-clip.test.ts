import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startBackend } from '../../../src/engine/backend/start-backend.ts';
import { writeSafetensors } from '../../../src/engine/clip/safetensors.ts';
import { evaluate } from '../../../src/engine/evaluation/evaluate.ts';
import { CHECKPOINT_NAME, readCheckpoint } from '../../../src/engine/training/checkpoint.ts';
import { train } from '../../../src/engine/training/train.ts';
import { openTuned } from '../../../src/engine/training/tuned-clip.ts';
import { evaluationAttackSchema } from '../../../src/shared/attack.ts';
import type { Task } from '../../../src/shared/engine-contract.ts';
import type { MethodName, RunConfig } from '../../../src/shared/run-config.ts';
import {
  collect,
  makeSmallData,
  type SmallData,
  smallConfig,
  TASK,
  trainJob,
} from '../support/small-run.ts';

/** Checkpoints of a run on three classes, and where else they can be used. */
let data: SmallData;
beforeAll(async () => {
  await startBackend({ threads: 1 });
  data = await makeSmallData(await mkdtemp(join(tmpdir(), 'fapt-tuned-')), 6);
});
afterAll(() => rm(data.folder, { recursive: true }));

const never = () => new AbortController().signal;
const pathOf = (name: string) => join(data.folder, name, CHECKPOINT_NAME);

/** With two learned words: the model reads 16 tokens. */
function configOf(method: MethodName): RunConfig {
  const config = smallConfig(method, { epochs: 1, batchSize: 6 });
  return { ...config, prompts: { ...config.prompts, contextLength: 2 } };
}

async function trained(method: MethodName, change: (config: RunConfig) => void = () => {}) {
  const config = configOf(method);
  change(config);
  const name = `${method}-${JSON.stringify(config.prompts)}`.replaceAll(/\W+/g, '-');
  await collect(train(trainJob(data, name, config), never()));
  return { config, checkpoint: pathOf(name) };
}

const classesOf = (...classNames: string[]): Task => ({ ...TASK, classNames });
const opened = (tuned: { config: RunConfig; checkpoint: string }, task = TASK) =>
  openTuned({ ...tuned, model: { path: data.model }, task });

async function predicted(
  tuned: { config: RunConfig; checkpoint: string },
  task: Task,
): Promise<string[]> {
  const job = {
    tuned: { ...tuned, model: { path: data.model }, task },
    examples: data.examples,
    attack: evaluationAttackSchema.parse({ name: 'none' }),
    attacker: null,
    batchSize: 6,
    perturbationFolder: null,
  };
  const events = await collect(evaluate(job, never()));
  const outcomes = events.flatMap((event) => (event.type === 'outcomes' ? event.outcomes : []));
  return outcomes.map(({ clean }) => task.classNames[clean] as string);
}

describe.each<MethodName>(['coop', 'fap', 'maple', 'advvlp', 'vpt'])(
  'prompts of %s, learned on three classes',
  (method) => {
    test('are used with five, and with the three in another order', async () => {
      const tuned = await trained(method);
      const three = await predicted(tuned, TASK);
      expect(await predicted(tuned, classesOf('c', 'a_1', 'b'))).toEqual(three);
      const five = classesOf('a_1', 'b', 'c', 'd', 'e');
      for (const name of await predicted(tuned, five)) expect(five.classNames).toContain(name);
    });
  },
);

describe('what does not match is said, and leaves no tensor', () => {
  async function refusal(work: () => Promise<unknown>): Promise<string> {
    const before = tf.memory().numTensors;
    const error = await work().catch((cause: unknown) => cause);
    expect(error).toMatchObject({ code: 'checkpoint-mismatch' });
    expect(tf.memory().numTensors).toBe(before);
    return (error as Error).message;
  }

  test('another method', async () => {
    const { checkpoint } = await trained('fap');
    // Opens the model, so that what is counted afterwards is what the refusal leaves.
    await predicted({ config: configOf('fap'), checkpoint }, TASK);
    expect(await refusal(() => opened({ config: configOf('coop'), checkpoint }))).toMatch(
      /does not fit this method and model: ".*" is \[.*\] in the checkpoint and nothing here; use the method, depth and model/,
    );
  });

  test('prompts in fewer blocks, or in more', async () => {
    const shallow = await trained('maple', (config) => {
      config.prompts.depth = 2;
    });
    const deep = await trained('maple', (config) => {
      config.prompts.depth = 4;
    });
    const crossed = [
      { config: shallow.config, checkpoint: deep.checkpoint },
      { config: deep.config, checkpoint: shallow.checkpoint },
    ];
    for (const one of crossed)
      expect(await refusal(() => opened(one))).toMatch(/use the method, depth/);
  });

  test('another backbone', async () => {
    const { config, checkpoint } = await trained('coop');
    const { parameters } = await readCheckpoint(checkpoint);
    const words = parameters.get('text.0')?.shape[0] as number;
    const wide = join(data.folder, 'wide.safetensors');
    const tensor = { shape: [words, 64], data: new Float32Array(64 * words) };
    const metadata = { format: 'fapt-checkpoint', step: '1' };
    await writeSafetensors(wide, { 'parameter/text.0': tensor }, metadata);
    expect(await refusal(() => opened({ config, checkpoint: wide }))).toContain(
      `"text.0" is [${words},64] in the checkpoint and [${words},32] here`,
    );
  });

  test('other classes, where each has a context of its own', async () => {
    const tuned = await trained('coop', (config) => {
      config.prompts.classSpecific = true;
    });
    const five = classesOf('a_1', 'b', 'c', 'd', 'e');
    expect(await refusal(() => opened(tuned, five))).toMatch(/"text\.0" is \[3,.*and \[5,/);
  });
});
