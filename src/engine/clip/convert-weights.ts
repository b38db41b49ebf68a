import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { FaptError } from '../../shared/errors.ts';
import type { ConvertJob } from '../../shared/model-weights.ts';
import { headsAsMetadata, readShape } from './clip-shape.ts';
import { clipTensors, imageTensors } from './clip-tensors.ts';
import { streamSafetensors } from './safetensors.ts';
import { openImageTower, openTensorSource, type TensorSource } from './tensor-source.ts';
import { companionFile, readConfig } from './weight-files.ts';
import { misfits, refuseMisfits } from './weight-report.ts';

/**
 * Writes a CLIP anew as `model.safetensors` under OpenAI's names, in its own number formats, one tensor at
 * a time; with an image tower, that tower's tensors instead of its own. Its numbers of heads, which a config may
 * tell, stand in the file itself; the tokenizer of `source` comes along.
 *
 * @throws FaptError as `openTensorSource`; `tensor-missing`, `tensor-shape`, `disk-write`
 */
export async function convertWeights({ source, imageTower, target }: ConvertJob): Promise<void> {
  const clip = await openTensorSource(source);
  const tower = imageTower ? await openTower(imageTower, clip) : null;
  try {
    const shape = readShape(clip, await readConfig(source));
    const image = imageTensors(shape);
    refuseMisfits(source, clip.label, misfits(clip, clipTensors(shape)));
    const fromTower = new Set<string>();
    if (tower) {
      // The projection belongs to no block, and some checkpoints leave it where it was.
      const given = image.filter(({ name }) => name !== 'visual.proj' || tower.shape(name));
      refuseTower(imageTower as string, tower, clip, misfits(tower, given));
      for (const { name } of given) fromTower.add(name);
    }
    await mkdir(target, { recursive: true });
    const tensors = clipTensors(shape).map((wanted) => {
      const from = tower && fromTower.has(wanted.name) ? tower : clip;
      const bytes = async () => (await from.readRaw(wanted.name)).bytes;
      return { ...wanted, dtype: from.dtype(wanted.name), bytes };
    });
    await streamSafetensors(join(target, 'model.safetensors'), tensors, headsAsMetadata(shape));
    const tokenizer = await companionFile(source, 'tokenizer.json');
    if (tokenizer) await copyFile(tokenizer, join(target, 'tokenizer.json'));
  } finally {
    await tower?.close();
    await clip.close();
  }
}

async function openTower(path: string, clip: TensorSource): Promise<TensorSource> {
  try {
    return await openImageTower(path);
  } catch (error) {
    await clip.close();
    throw error;
  }
}

function refuseTower(
  path: string,
  tower: TensorSource,
  clip: TensorSource,
  rows: ReturnType<typeof misfits>,
): void {
  const misshapen = rows.find(({ problem }) => problem === 'shape');
  if (!misshapen) {
    refuseMisfits(path, tower.label, rows);
    return;
  }
  throw new FaptError(
    'tensor-shape',
    `The image tower of ${tower.label} does not fit ${clip.label}: "${misshapen.name}" has shape [${misshapen.found}] where the base has [${misshapen.wanted}]; choose the base it was tuned from.`,
  );
}
