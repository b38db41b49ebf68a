/**
 * Measures what the demo pack offers and writes its card: zero-shot accuracy of every dataset, the
 * epsilon of the demo, and what 16-shot tuning changes. Results are kept, so that an interrupted
 * measurement goes on; `--fresh` starts over.
 *
 *   node tools/demo-pack/measure-demo.ts [--only demo-food,...] [--work DIR] [--fresh]
 */
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startBackend } from '../../src/engine/backend/start-backend.ts';
import { evaluate } from '../../src/engine/evaluation/evaluate.ts';
import { train } from '../../src/engine/training/train.ts';
import { sampleFewShot } from '../../src/main/datasets/few-shot.ts';
import { balancedSubset } from '../../src/main/datasets/subset.ts';
import { type EvaluationAttack, evaluationAttackSchema } from '../../src/shared/attack.ts';
import type { Example, Task } from '../../src/shared/engine-contract.ts';
import { defaultConfig } from '../../src/shared/method-catalogue.ts';
import type { MethodName } from '../../src/shared/run-config.ts';
import { type Accuracy, type DemoMeasurement, writeCard } from './demo-card.ts';

const MODEL = 'resources/demo/model';
const DATASETS = 'resources/demo/datasets';
const STEPS = 100;
const SUBSET = 100;
const EPSILONS = [1, 2, 4].map((k) => k / 255);
const WANTED_ROBUST = 0.15;
const SHOTS = 16;
const DEMO_DATASET = 'demo-mammals';
const SEED = 1;
const TUNED: MethodName[] = ['fap', 'cba-fapt'];

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    work: { type: 'string', default: '.cache/demo-measurement' },
    fresh: { type: 'boolean', default: false },
  },
});
if (values.fresh) await rm(values.work, { recursive: true, force: true });
await mkdir(values.work, { recursive: true });
const log = (text: string) => process.stderr.write(`${new Date().toISOString()} ${text}\n`);

type Demo = {
  name: string;
  task: Task;
  train: Example[];
  val: Example[];
  test: Example[];
  clusters: number;
};

async function openDemo(name: string): Promise<Demo> {
  const folder = join(DATASETS, name);
  const read = async (file: string) => JSON.parse(await readFile(join(folder, file), 'utf8'));
  const split = (await read('split.json')) as Record<string, [string, number, string][]>;
  const card = (await read('dataset.json')) as { template: string };
  const clusters = (await read('clusters.json')) as Record<string, string>;
  const examples = (part: string) =>
    (split[part] ?? []).map(([id, label]) => ({ id, label, path: join(folder, 'images', id) }));
  const classNames: string[] = [];
  for (const [, label, className] of split.train ?? []) classNames[label] = className;
  const test = examples('test');
  return {
    name,
    task: { classNames, template: card.template },
    train: examples('train'),
    val: examples('val'),
    test,
    clusters: new Set(test.map(({ id }) => clusters[id])).size,
  };
}

/** Runs `make` once; a later start reads what it gave. */
async function kept<T>(key: string, make: () => Promise<T>): Promise<T> {
  const path = join(values.work, `${key}.json`);
  const stored = await readFile(path, 'utf8').catch(() => null);
  if (stored) return JSON.parse(stored) as T;
  const result = await make();
  await writeFile(path, JSON.stringify(result));
  return result;
}

const noStop = new AbortController().signal;

function attackAt(epsilon: number): EvaluationAttack {
  return evaluationAttackSchema.parse({
    name: 'pgd',
    epsilon,
    stepSize: epsilon,
    steps: STEPS,
    subset: SUBSET,
  });
}

/** Right answers of a method (natural where `epsilon` is null), its prompts trained before. */
async function accuracy(
  demo: Demo,
  method: MethodName,
  epsilon: number | null,
  trainedAt: number,
): Promise<Accuracy> {
  const tag = epsilon === null ? 'natural' : `eps${Math.round(epsilon * 255)}`;
  return kept(`${demo.name}-${method}-at${Math.round(trainedAt * 255)}-${tag}`, async () => {
    const checkpoint =
      method === 'zero-shot'
        ? null
        : join(folderOf(demo, method, trainedAt), 'checkpoint.safetensors');
    const attack: EvaluationAttack =
      epsilon === null ? { ...attackAt(0), name: 'none' } : attackAt(epsilon);
    const examples = epsilon === null ? demo.test : balancedSubset(demo.test, SUBSET);
    const job = {
      tuned: {
        config: configOf(demo, method, trainedAt),
        model: { path: MODEL },
        task: demo.task,
        checkpoint,
      },
      examples,
      attack,
      attacker: null,
      batchSize: 25,
      perturbationFolder: null,
    };
    let right = 0;
    for await (const event of evaluate(job, noStop)) {
      if (event.type !== 'outcomes') continue;
      for (const { label, clean, adversarial } of event.outcomes) {
        if ((adversarial ?? clean) === label) right += 1;
      }
    }
    return { right, n: examples.length };
  });
}

function configOf(demo: Demo, method: MethodName, epsilon: number) {
  const config = defaultConfig({
    method,
    dataset: demo.name,
    model: 'demo-clip',
    shots: SHOTS,
    seed: SEED,
  });
  return { ...config, attack: { ...config.attack, epsilon, stepSize: epsilon } };
}

function folderOf(demo: Demo, method: MethodName, epsilon: number): string {
  return join(values.work, `${demo.name}-${method}-at${Math.round(epsilon * 255)}`);
}

/** Trains on the sample that `fapt run` draws, in its order, so that its numbers are these. */
async function tune(demo: Demo, method: MethodName, epsilon: number): Promise<number> {
  const key = `${demo.name}-${method}-at${Math.round(epsilon * 255)}-seconds`;
  return kept(key, async () => {
    const began = performance.now();
    const job = {
      config: configOf(demo, method, epsilon),
      model: { path: MODEL },
      task: demo.task,
      examples: sampleFewShot(demo.train, demo.val, SHOTS, SEED).train,
      runFolder: folderOf(demo, method, epsilon),
      resume: true,
    };
    for await (const event of train(job, noStop)) {
      if (event.type === 'epoch') log(`${demo.name} ${method} epoch ${event.epoch}`);
    }
    return (performance.now() - began) / 1000;
  });
}

await startBackend({ log });
const wanted = values.only?.split(',');
const names = (await readdir(DATASETS)).filter((name) => wanted?.includes(name) ?? true).sort();
// The demo's own dataset first.
names.sort((a, b) => Number(b === DEMO_DATASET) - Number(a === DEMO_DATASET));
const demos = await Promise.all(names.map(openDemo));

const zeroShot = new Map<string, { natural: Accuracy; robust: Accuracy[] }>();
for (const demo of demos) {
  const natural = await accuracy(demo, 'zero-shot', null, 0);
  const robust: Accuracy[] = [];
  for (const epsilon of EPSILONS) robust.push(await accuracy(demo, 'zero-shot', epsilon, 0));
  zeroShot.set(demo.name, { natural, robust });
  log(
    `${demo.name} zero-shot ${share(natural)}, robust at 1, 2, 4/255: ${robust.map(share).join(', ')}`,
  );
}

function share({ right, n }: Accuracy): string {
  return `${((100 * right) / n).toFixed(1)} % of ${n}`;
}

const distance = EPSILONS.map((_, i) => {
  const all = [...zeroShot.values()].map(({ robust }) => robust[i] as Accuracy);
  const mean = all.reduce((sum, { right, n }) => sum + right / n, 0) / all.length;
  return Math.abs(mean - WANTED_ROBUST);
});
const epsilonIndex = distance.indexOf(Math.min(...distance));
const epsilon = EPSILONS[epsilonIndex] as number;
log(`the demo's epsilon is ${Math.round(epsilon * 255)}/255`);

const rows: DemoMeasurement['rows'] = demos.map((demo) => {
  const { natural, robust } = zeroShot.get(demo.name) as { natural: Accuracy; robust: Accuracy[] };
  return {
    dataset: demo.name,
    classes: demo.task.classNames.length,
    clusters: demo.clusters,
    zeroShot: { natural, robust },
    tuned: [],
  };
});

// The card is written after every dataset, so that an interrupted measurement leaves what it has.
const card = { epsilon, epsilons: EPSILONS, steps: STEPS, shots: SHOTS, seed: SEED, rows };
await writeCard(MODEL, card);
for (const [index, demo] of demos.entries()) {
  for (const method of TUNED) {
    const seconds = await tune(demo, method, epsilon);
    const natural = await accuracy(demo, method, null, epsilon);
    const robust = await accuracy(demo, method, epsilon, epsilon);
    rows[index]?.tuned.push({ method, natural, robust, seconds });
    log(`${demo.name} ${method} ${share(natural)}, robust ${share(robust)}`);
  }
  await writeCard(MODEL, card);
}
log(`card written to ${MODEL}`);
