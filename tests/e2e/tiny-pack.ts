import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { writeTinyClip } from '../main/fixtures/tiny-clip.ts';
import { writeTinyDataset } from '../main/fixtures/tiny-dataset.ts';

/** A demo pack that trains in seconds: `demo-clip` and the dataset `demo-mammals`. */
export async function writeTinyPack(resources: string): Promise<void> {
  const pack = join(resources, 'demo');
  const weights = await writeTinyClip(join(pack, 'model'));
  await rename(weights, join(dirname(weights), 'model.safetensors'));
  await writeFile(join(pack, 'model', 'card.json'), JSON.stringify({ epsilon: 8 / 255 }));
  const dataset = join(pack, 'datasets', 'demo-mammals');
  await mkdir(dataset, { recursive: true });
  await rename(await writeTinyDataset(dataset), join(dataset, 'split.json'));
  const drawings = [0, 1, 2].flatMap((label) =>
    [0, 1, 2, 3, 4, 5].map((i) => [`class${label}/test-${i}.png`, `${label}-${Math.floor(i / 2)}`]),
  );
  await writeFile(join(dataset, 'clusters.json'), JSON.stringify(Object.fromEntries(drawings)));
}
