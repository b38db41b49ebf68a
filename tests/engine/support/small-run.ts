import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { normal, stream } from '../../../src/engine/random.ts';
import type { Example, Task, TrainJob } from '../../../src/shared/engine-contract.ts';
import { defaultConfig } from '../../../src/shared/method-catalogue.ts';
import type { MethodName, RunConfig } from '../../../src/shared/run-config.ts';
import { GOLDEN_MODEL } from './golden.ts';
import { writeTokenizer } from './tokenizer-file.ts';

/** Classes of the generated pictures: each a colour, with noise. Templates are short: 16 tokens. */
export const TASK: Task = { classNames: ['a_1', 'b', 'c'], template: 'a {} of' };
const COLOURS = [
  [200, 60, 60],
  [60, 200, 60],
  [60, 60, 200],
] as const;
const SIZE = 32;

export type SmallData = { model: string; examples: Example[]; folder: string };

/** A model folder and `count` pictures of the model's size, classes in turn. */
export async function makeSmallData(folder: string, count: number): Promise<SmallData> {
  const model = join(folder, 'model');
  await mkdir(model, { recursive: true });
  for (const file of ['model.safetensors', 'config.json']) {
    await copyFile(join(GOLDEN_MODEL, file), join(model, file));
  }
  await writeTokenizer(model);
  const examples: Example[] = [];
  for (let i = 0; i < count; i += 1) {
    const label = i % COLOURS.length;
    const id = `class-${label}/picture-${i}.png`;
    const path = join(folder, id);
    await mkdir(join(folder, `class-${label}`), { recursive: true });
    const noise = normal(stream(5, 'picture', i), 3 * SIZE * SIZE, 40);
    const pixels = Uint8Array.from(noise, (n, at) =>
      Math.max(0, Math.min(255, Math.round((COLOURS[label]?.[at % 3] ?? 0) + n))),
    );
    const raw = { width: SIZE, height: SIZE, channels: 3 } as const;
    await sharp(pixels, { raw }).png().toFile(path);
    examples.push({ id, path, label });
  }
  return { model, examples, folder };
}

type Changes = Partial<Omit<RunConfig, 'optimizer'>> & {
  optimizer?: Partial<RunConfig['optimizer']>;
};

/** A method's defaults, shortened. */
export function smallConfig(method: MethodName, changes: Changes = {}): RunConfig {
  const defaults = defaultConfig({ method, dataset: 'd', model: 'm', shots: 4, seed: 1 });
  const { optimizer, ...others } = changes;
  return {
    ...defaults,
    epochs: 2,
    ...others,
    optimizer: { ...defaults.optimizer, ...optimizer },
  };
}

export function trainJob(data: SmallData, runFolder: string, config: RunConfig): TrainJob {
  return {
    config,
    model: { path: data.model },
    task: TASK,
    examples: data.examples,
    runFolder: join(data.folder, runFolder),
    resume: false,
  };
}

/** All events of a stream; `each` may look at one as it comes (to stop, say). */
export async function collect<T>(
  events: AsyncIterable<T>,
  each: (event: T) => void = () => {},
): Promise<T[]> {
  const all: T[] = [];
  for await (const event of events) {
    all.push(event);
    each(event);
  }
  return all;
}
