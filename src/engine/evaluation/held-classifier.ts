import { stat } from 'node:fs/promises';
import type { TunedModel } from '../../shared/engine-contract.ts';
import { modelKey } from '../clip/open-model.ts';
import { ImageLoader } from '../images/image-loader.ts';
import { type OpenClassifier, openClassifier } from './open-classifier.ts';

/** Two sides of a comparison are asked about in turn. */
const HELD = 2;
/** Weights are not kept from other jobs for longer than a person looks. */
const IDLE_MS = 60_000;

type Slot = { key: string; opening: Promise<OpenClassifier>; users: number };

/** The least recently used first. */
let slots: Slot[] = [];
let idle: NodeJS.Timeout | null = null;

/**
 * A classifier that stays open for the next question about it: one image's answer would otherwise
 * wait for the features of all classes. The loader is fresh, so that a changed file is read again.
 *
 * @throws FaptError for weights, checkpoints or texts that cannot be used
 */
export async function heldClassifier(tuned: TunedModel): Promise<OpenClassifier> {
  const key = await keyOf(tuned);
  const slot = slots.find((one) => one.key === key) ?? {
    key,
    opening: openClassifier(tuned),
    users: 0,
  };
  slots = [...slots.filter((one) => one !== slot), slot];
  slot.users += 1;
  try {
    const classifier = await slot.opening;
    const { imageSize, patchSize } = classifier.model.clip.shape;
    let isOpen = true;
    return {
      ...classifier,
      loader: new ImageLoader(imageSize, patchSize, 'crop'),
      close() {
        if (isOpen) slot.users -= 1;
        isOpen = false;
        closeUnused(HELD);
        if (idle) clearTimeout(idle);
        idle = setTimeout(releaseClassifiers, IDLE_MS).unref();
      },
    };
  } catch (error) {
    slots = slots.filter((one) => one !== slot);
    throw error;
  }
}

/** Closes what nobody uses now. */
export function releaseClassifiers(): void {
  closeUnused(0);
}

function closeUnused(kept: number): void {
  for (const slot of slots.slice(0, Math.max(0, slots.length - kept))) {
    if (slot.users > 0) continue;
    slots = slots.filter((one) => one !== slot);
    void slot.opening.then((classifier) => classifier.close());
  }
}

async function keyOf(tuned: TunedModel): Promise<string> {
  const checkpoint =
    tuned.checkpoint === null ? null : await stat(tuned.checkpoint).catch(() => null);
  const written = checkpoint && `${checkpoint.size} ${checkpoint.mtimeMs} ${checkpoint.ino}`;
  return JSON.stringify([tuned, await modelKey(tuned.model.path), written]);
}
