import type { QueueItem } from '../../shared/api/queue.ts';
import type { Note } from '../../shared/api/run-keeping.ts';
import type { RunDetail, RunItem } from '../../shared/api/runs.ts';
import { METHODS } from '../../shared/method-catalogue.ts';
import { chooseClasses, taskOf } from '../datasets/class-set.ts';
import { probeSet } from '../jobs/probe-set.ts';
import { latestCheckpoint } from '../store/checkpoints.ts';
import { getDataset } from '../store/datasets.ts';
import { listNotes, type NoteRow } from '../store/notes.ts';
import { listRuns, type RunListRow } from '../store/run-list.ts';
import { getRun, runSample } from '../store/runs.ts';
import type { App } from './app.ts';
import { runBytes } from './bin.ts';
import { runDocument } from './run-document.ts';
import { warningsOf } from './run-reports.ts';

/** A row of the list of runs, as the window gets it. */
export function runItem(row: RunListRow): RunItem {
  const { id, method, dataset, model, shots, seed, status, statusReason, protocol } = row;
  const { createdAt, startedAt, endedAt, epoch, step, totalSteps, tags, starred } = row;
  const { natural, robust, group } = row;
  return {
    ...{ id, method, dataset, model, shots, seed, status, statusReason, protocol },
    ...{ createdAt, startedAt, endedAt, epoch, step, totalSteps, tags, starred },
    ...{ natural, robust, group },
  };
}

export function noteOf({ id, runId, text, createdAt, updatedAt }: NoteRow): Note {
  return { id, run: runId, text, createdAt, updatedAt };
}

/** Everything about one run but its curves and its outcomes. Throws `run-unknown`, `run-ambiguous`. */
export function runDetail(app: App, idOrPrefix: string, job: QueueItem | null): RunDetail {
  const { db, workspace } = app;
  const run = getRun(db, idOrPrefix);
  const dataset = getDataset(db, run.datasetId);
  const row = listRuns(db, { ids: [run.id] })[0] as RunListRow;
  const found = latestCheckpoint(db, run.id);
  const checkpoint = found && {
    step: found.step,
    epoch: found.epoch,
    sizeBytes: found.sizeBytes,
  };
  return {
    item: runItem(row),
    config: run.config,
    document: runDocument(db, run.id),
    environment: run.environment,
    modelHash: run.modelHash,
    splitHash: run.splitHash,
    sampleIds: runSample(db, run.id),
    classNames: taskOf(dataset, chooseClasses(db, dataset, run.config.classes)).classNames,
    classCounts: run.classCounts,
    notes: listNotes(db, run.id).map(noteOf),
    warnings: warningsOf(db, run.id),
    usable: !METHODS[run.method].tuned || (run.status === 'finished' && found !== null),
    checkpoint,
    probe: METHODS[run.method].tuned ? probeSet(db, run) : null,
    diskBytes: runBytes(workspace, run.id),
    job,
  };
}
