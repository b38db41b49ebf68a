import { type Database, openDatabase } from '../../../src/main/store/database.ts';
import { type DatasetRow, getDataset, insertDataset } from '../../../src/main/store/datasets.ts';
import { type ImageRow, insertImages, type NewImage } from '../../../src/main/store/images.ts';
import { addModel, type ModelRow } from '../../../src/main/store/models.ts';
import { createRun, type NewRun, type RunRow } from '../../../src/main/store/runs.ts';
import { type EvaluationAttack, evaluationAttackSchema } from '../../../src/shared/attack.ts';
import type { ModelReport } from '../../../src/shared/engine-contract.ts';
import { defaultConfig } from '../../../src/shared/method-catalogue.ts';
import type { Outcome } from '../../../src/shared/results.ts';
import type { RunConfig } from '../../../src/shared/run-config.ts';

export const PGD: EvaluationAttack = evaluationAttackSchema.parse({ name: 'pgd' });
export const NO_ATTACK: EvaluationAttack = { ...PGD, name: 'none' };

const report: ModelReport = {
  layout: 'huggingface',
  imageSize: 64,
  patchSize: 8,
  imageWidth: 192,
  imageBlocks: 6,
  imageHeads: 3,
  textWidth: 192,
  textBlocks: 4,
  textHeads: 3,
  contextLength: 32,
  vocabularySize: 1000,
  embeddingWidth: 128,
  logitScale: 100,
  parameterCount: 5_000_000,
  dtypes: ['float32'],
  tokenizer: 'tokenizer.json',
  notes: [],
};

/** A store in memory with one model and one dataset of two classes, four test images. */
export function storeWithData(liveOwnerPid?: () => number | null): {
  db: Database;
  model: ModelRow;
  dataset: DatasetRow;
} {
  const db = openDatabase(':memory:', liveOwnerPid === undefined ? {} : { liveOwnerPid });
  return { db, ...fill(db) };
}

export function fill(db: Database): { model: ModelRow; dataset: DatasetRow } {
  const model = addModel(db, {
    name: 'tiny',
    path: '/models/tiny',
    layout: 'huggingface',
    sha256: 'f'.repeat(64),
    sizeBytes: 20_000_000,
    report,
    bundled: true,
  });
  const id = insertDataset(db, {
    name: 'pets',
    format: 'coop',
    source: '/data/pets/split.json',
    imageRoot: '/data/pets/images',
    classNames: ['cat', 'dog'],
    template: 'a photo of a {}.',
    description: null,
    licence: null,
    splitHash: 'e'.repeat(64),
    clustered: true,
    demo: false,
    problems: [{ file: 'x.png', kind: 'unreadable', message: '"x.png" cannot be read' }],
    skipped: ['x.png'],
  });
  insertImages(db, id, [
    image('train', 0, 'cat/1.png', 0),
    image('train', 1, 'dog/1.png', 1),
    image('test', 0, 'dog/9.png', 1, 'b'),
    image('test', 1, 'cat/9.png', 0, 'a'),
    image('test', 2, 'cat/3.png', 0, 'a'),
    image('test', 3, 'dog/3.png', 1),
  ]);
  return { model, dataset: getDataset(db, 'pets') };
}

function image(
  split: ImageRow['split'],
  position: number,
  path: string,
  label: number,
  cluster: string | null = null,
): NewImage {
  const picture = { sizeBytes: 10, sha256: path, contentType: 'image/png', width: 8, height: 8 };
  return { split, position, path, label, cluster, ...picture };
}

export function newRun(
  data: { db: Database; model: ModelRow; dataset: DatasetRow },
  changes: Partial<RunConfig> = {},
  more: Partial<NewRun> = {},
): RunRow {
  const identity = { method: 'fap', dataset: 'pets', model: 'tiny', shots: 16, seed: 1 } as const;
  return createRun(data.db, {
    config: { ...defaultConfig(identity), ...changes },
    datasetId: data.dataset.id,
    modelId: data.model.id,
    environment: { threads: 2 },
    modelHash: data.model.sha256,
    splitHash: data.dataset.splitHash,
    ...more,
  });
}

export function outcome(id: string, changes: Partial<Outcome> = {}): Outcome {
  const base = { label: 0, clean: 0, adversarial: 1, margin: -1.5, fellAt: 3, perturbation: null };
  return { id, ...base, ...changes };
}
