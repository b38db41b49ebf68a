import { copyFile, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Example, TrainJob, TunedModel } from '../../shared/engine-contract.ts';
import { messageOf } from '../../shared/errors.ts';
import type { Outcome } from '../../shared/results.ts';
import type { App } from '../api/app.ts';
import { chooseClasses, ofClasses } from '../datasets/class-set.ts';
import { resolveExamples } from '../datasets/examples.ts';
import { getDataset } from '../store/datasets.ts';
import { type MetricPoint, recordMetrics } from '../store/metrics.ts';
import type { RunRow } from '../store/runs.ts';
import { type ProbeSet, probeSet } from './probe-set.ts';

/** A checkpoint that was just written, at the end of an epoch. */
type Written = { path: string; epoch: number; step: number };

/**
 * Looks at a training from outside while it goes on: natural and robust accuracy on a small probe
 * set, how far the maps of pinned images move, and the engine's memory. Training does not wait for
 * it: of the epochs that end during one look, the newest is looked at next.
 */
export type LiveProbe = {
  look(written: Written): void;
  /** Resolves when every epoch that is to be looked at was. */
  settled(): Promise<void>;
};

const PROBE_FILE = 'probe.safetensors';

export function createLiveProbe(app: App, run: RunRow, job: TrainJob): LiveProbe {
  const set = probeSet(app.db, run);
  const file = join(job.runFolder, PROBE_FILE);
  let wanted: Written | null = null;
  let looking: Promise<void> | null = null;

  async function lookAt(written: Written): Promise<void> {
    // The engine writes over its checkpoint, so the copy tells of which step it is.
    await copyFile(written.path, file);
    const step = await stepOf(file);
    const epoch = Math.ceil((step * written.epoch) / written.step);
    const tuned = { config: job.config, model: job.model, task: job.task, checkpoint: file };
    const accuracy = await accuracies(app, run, set, tuned);
    const drift = await drifts(app, run, set, tuned);
    const { maxRssBytes } = await app.engine().memory();
    const numbers = Object.entries({ ...accuracy, ...drift, peakRssBytes: maxRssBytes });
    const points = numbers.map(([name, value]): MetricPoint => ({ name, step, epoch, value }));
    recordMetrics(app.db, run.id, points);
  }

  async function lookOn(): Promise<void> {
    while (wanted && !app.signal.aborted) {
      const next = wanted;
      wanted = null;
      try {
        await lookAt(next);
      } catch (error) {
        // One point less; of a dead engine the training tells itself.
        if (!app.signal.aborted) app.note(`The probe of run ${run.id} failed: ${messageOf(error)}`);
      }
    }
    looking = null;
  }

  return {
    look(written) {
      if (set.images.length === 0) return;
      wanted = written;
      looking ??= lookOn();
    },
    async settled() {
      await looking;
      await rm(file, { force: true });
    },
  };
}

async function examplesOf(app: App, run: RunRow, split: ProbeSet['split'], ids: string[]) {
  const dataset = getDataset(app.db, run.datasetId);
  const chosen = chooseClasses(app.db, dataset, run.config.classes);
  return ofClasses(await resolveExamples(app.db, dataset, split, ids), chosen);
}

type Numbers = Record<string, number>;

async function accuracies(
  app: App,
  run: RunRow,
  set: ProbeSet,
  tuned: TunedModel,
): Promise<Numbers> {
  const examples: Example[] = await examplesOf(app, run, set.split, set.images);
  const outcomes: Outcome[] = [];
  const job = {
    ...{ tuned, examples, attack: set.attack, attacker: null },
    ...{ batchSize: examples.length, perturbationFolder: null },
  };
  for await (const event of app.engine().evaluate(job, app.signal)) {
    if (event.type === 'outcomes') outcomes.push(...event.outcomes);
  }
  // A look that was stopped has seen a part only.
  if (outcomes.length < examples.length) return {};
  const share = (right: (outcome: Outcome) => boolean) =>
    outcomes.filter(right).length / outcomes.length;
  return {
    'probe.natural': share(({ clean, label }) => clean === label),
    'probe.robust': share(({ adversarial, label }) => adversarial === label),
  };
}

/**
 * Between the clean and the attacked map of each pinned image: image l2 (eq. 9), token KL (eq. 10).
 * All images in one batch: one by one they cost as much as an evaluation's whole probe set.
 */
async function drifts(app: App, run: RunRow, set: ProbeSet, tuned: TunedModel): Promise<Numbers> {
  const pinned = await examplesOf(app, run, set.split, set.pinned);
  const examples = pinned.map((example) => ({ example, perturbation: null }));
  if (examples.length === 0) return {};
  const numbers: Numbers = {};
  const job = { tuned, examples, attack: set.attack, batchSize: examples.length, curves: false };
  for await (const event of app.engine().stability(job, app.signal)) {
    if (event.type !== 'rows') continue;
    for (const { id, imageL2, textKl } of event.rows) {
      numbers[`drift.image/${id}`] = imageL2;
      numbers[`drift.text/${id}`] = textKl;
    }
  }
  return numbers;
}

/** The number of updates behind a checkpoint, from its header (safetensors: a length, then JSON). */
async function stepOf(path: string): Promise<number> {
  const file = await open(path);
  try {
    const { buffer: length } = await file.read(Buffer.alloc(8), 0, 8, 0);
    const size = Number(length.readBigUInt64LE());
    const { buffer: header } = await file.read(Buffer.alloc(size), 0, size, 8);
    const { __metadata__: metadata } = JSON.parse(header.toString('utf8'));
    return Number(metadata.step);
  } finally {
    await file.close();
  }
}
