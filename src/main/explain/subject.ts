import type { Explanation } from '../../shared/api/attribution.ts';
import type { Example, TunedModel } from '../../shared/engine-contract.ts';
import type { App } from '../api/app.ts';
import { tunedModelOf } from '../jobs/tuned-model.ts';
import { getModel } from '../store/models.ts';
import type { RunRow } from '../store/runs.ts';
import { sha256OfFile } from '../workspace/hash.ts';
import { type ExplainedImage, labelAmong, labelOf } from './explained-image.ts';
import { argmax } from './logit-numbers.ts';
import { picturePosition } from './picture-position.ts';

/** An image before one run, with its class among that run's. */
export type Subject = {
  run: RunRow;
  tuned: TunedModel;
  image: ExplainedImage;
  example: Example;
  labelFrom: 'split' | 'given' | 'predicted';
  /** All that decides what the model answers, for the names of results. */
  key: unknown;
};

/**
 * @param label class of an image that no split tells it of; null: what the run takes it for
 * @throws FaptError `run-unfinished`, `class-unknown`, `examples-unknown`
 */
export async function subjectOf(
  app: App,
  run: RunRow,
  image: ExplainedImage,
  label: string | null,
): Promise<Subject> {
  const tuned = tunedModelOf(app, run);
  const { classNames } = tuned.task;
  const known = labelAmong(app, run, classNames, image);
  const labelFrom = known !== null ? 'split' : label !== null ? 'given' : 'predicted';
  const found =
    known ?? (label === null ? await predicted(app, tuned, image) : labelOf(label, classNames));
  return {
    ...{ run, tuned, image, labelFrom },
    example: { id: image.id, path: image.file, label: found },
    key: await keyOf(app, run, tuned),
  };
}

async function predicted(app: App, tuned: TunedModel, { file }: ExplainedImage): Promise<number> {
  const [prediction] = await app.engine().predict({ tuned, paths: [file] });
  return argmax(prediction?.probabilities ?? []);
}

/** Weights and prompts by content; what computes, since bits agree only where that does. */
async function keyOf(app: App, { modelHash }: RunRow, tuned: TunedModel): Promise<unknown> {
  const checkpoint = tuned.checkpoint === null ? null : await sha256OfFile(tuned.checkpoint);
  return [tuned.config, tuned.task, modelHash, checkpoint, await app.environment()];
}

/** Side of the images that a run's model takes. */
export function imageSizeOf(app: App, run: RunRow): number {
  return getModel(app.db, run.modelId).report.imageSize;
}

/** What every answer about an image says of it. */
export async function imageIdentity(
  { image: { name, sha256, file }, example: { label }, labelFrom }: Subject,
  size: number,
): Promise<Explanation['image']> {
  return { name, sha256, label, labelFrom, position: await picturePosition(file, size) };
}
