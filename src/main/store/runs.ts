import { FaptError } from '../../shared/errors.ts';
import type { RunStatus } from '../../shared/results.ts';
import { type MethodName, type RunConfig, runConfigSchema } from '../../shared/run-config.ts';
import type { Database } from './database.ts';
import { newId } from './ids.ts';
import { groupKeyOf } from './run-group.ts';
import { isEnded, refuseStatusChange, trueStatus } from './run-status.ts';
import { all, one, run } from './statement.ts';

export type RunRow = {
  id: string;
  config: RunConfig;
  method: MethodName;
  datasetId: string;
  /** Name of the dataset. */
  dataset: string;
  modelId: string;
  /** Name of the model. */
  model: string;
  shots: number;
  seed: number;
  status: RunStatus;
  statusReason: string | null;
  /** The protocol that queued it, null for a run of its own. */
  protocol: string | null;
  /** Versions, device, threads: what a repetition needs to be equal bit for bit. */
  environment: unknown;
  modelHash: string;
  splitHash: string;
  /** SHA-256 of the few-shot list; null before it is drawn and for zero-shot. */
  sampleHash: string | null;
  /** Real images a class; fewer than `shots` where a class has fewer. */
  classCounts: number[] | null;
  createdAt: number;
  startedAt: number | null;
  endedAt: number | null;
  updatedAt: number;
  epoch: number;
  step: number;
  totalSteps: number | null;
  ownerPid: number | null;
  starred: boolean;
  /** How its training came to differ from its settings; null where it went as they say. */
  deviation: RunDeviation | null;
  /** Runs with one group differ in their seed alone. */
  group: string;
};

/** `kept-early`: ended before its last step and kept; `more-epochs`: gone on with after it. */
export type RunDeviation = 'kept-early' | 'more-epochs';

export type RunSample = { sampleHash: string; sampleIds: string[]; classCounts: number[] };

export type NewRun = {
  config: RunConfig;
  datasetId: string;
  modelId: string;
  protocol?: string | null;
  environment: unknown;
  modelHash: string;
  splitHash: string;
};

export const RUN_COLUMNS = `runs.id, runs.method, runs.dataset_id AS datasetId,
  datasets.name AS dataset, runs.model_id AS modelId, models.name AS model, runs.shots, runs.seed,
  ${trueStatus('runs')} AS status, runs.status_reason AS statusReason, runs.protocol,
  runs.model_hash AS modelHash, runs.split_hash AS splitHash, runs.sample_hash AS sampleHash,
  runs.class_counts AS classCounts, runs.created_at AS createdAt, runs.started_at AS startedAt,
  runs.ended_at AS endedAt, runs.updated_at AS updatedAt, runs.epoch, runs.step,
  runs.total_steps AS totalSteps, runs.owner_pid AS ownerPid, runs.starred, runs.deviation,
  runs.group_key AS "group"`;

const SELECT = `SELECT ${RUN_COLUMNS}, runs.config, runs.environment
  FROM runs JOIN datasets ON datasets.id = runs.dataset_id JOIN models ON models.id = runs.model_id`;

type Stored = Omit<RunRow, 'config' | 'environment' | 'classCounts' | 'starred'> & {
  config: string;
  environment: string;
  classCounts: string | null;
  starred: number;
};

/** Stores a run as queued. */
export function createRun(db: Database, fresh: NewRun): RunRow {
  const id = newId();
  const { config } = fresh;
  run(
    db,
    `INSERT INTO runs (id, config, method, dataset_id, model_id, shots, seed, status, protocol,
       environment, model_hash, split_hash, created_at, updated_at, group_key)
     VALUES (:id, :config, :method, :datasetId, :modelId, :shots, :seed, 'queued', :protocol,
       :environment, :modelHash, :splitHash, :now, :now, :group)`,
    {
      id,
      config: JSON.stringify(config),
      method: config.method,
      datasetId: fresh.datasetId,
      modelId: fresh.modelId,
      shots: config.shots,
      seed: config.seed,
      protocol: fresh.protocol ?? null,
      environment: JSON.stringify(fresh.environment ?? null),
      modelHash: fresh.modelHash,
      splitHash: fresh.splitHash,
      now: Date.now(),
      group: groupKeyOf(config),
    },
  );
  return getRun(db, id);
}

/** By id or by its first letters. Throws `run-unknown`, `run-ambiguous`. */
export function getRun(db: Database, idOrPrefix: string): RunRow {
  const exact = one<Stored>(
    db,
    `${SELECT} WHERE runs.id = ? AND runs.deleted_at IS NULL`,
    idOrPrefix,
  );
  if (exact !== undefined) return fromStored(exact);
  const matches = idsStartingWith(db, idOrPrefix);
  if (matches.length > 1) {
    throw new FaptError(
      'run-ambiguous',
      `Several runs start with "${idOrPrefix}" (${matches.join(', ')}): give more letters.`,
    );
  }
  const [only] = matches;
  if (only === undefined) {
    throw new FaptError(
      'run-unknown',
      `There is no run "${idOrPrefix}" in this workspace: "fapt runs" lists those there are.`,
    );
  }
  return getRun(db, only);
}

function idsStartingWith(db: Database, prefix: string): string[] {
  if (!/^[a-z0-9]+$/.test(prefix)) return [];
  // '{' follows 'z', so this range holds every id that starts with the prefix.
  return all<{ id: string }>(
    db,
    'SELECT id FROM runs WHERE id > ? AND id < ? AND deleted_at IS NULL ORDER BY id LIMIT 3',
    prefix,
    `${prefix}{`,
  ).map((row) => row.id);
}

/**
 * Changes a run's status; `running` takes `ownerPid` (default: this process), every ended status
 * drops the owner. Throws `status-refused`.
 */
export function setRunStatus(
  db: Database,
  id: string,
  status: RunStatus,
  details: { reason?: string | null; ownerPid?: number } = {},
): void {
  refuseStatusChange(`Run ${id}`, getRun(db, id).status, status);
  const now = Date.now();
  const running = status === 'running';
  run(
    db,
    `UPDATE runs SET status = :status, status_reason = :reason, updated_at = :now,
       started_at = CASE WHEN :running THEN coalesce(started_at, :now) ELSE started_at END,
       ended_at = CASE WHEN :ended THEN :now ELSE NULL END,
       owner_pid = :ownerPid
     WHERE id = :id`,
    {
      id,
      status,
      reason: details.reason ?? null,
      now,
      running: running ? 1 : 0,
      ended: isEnded(status) ? 1 : 0,
      ownerPid: running ? (details.ownerPid ?? process.pid) : null,
    },
  );
}

export function setRunProgress(
  db: Database,
  id: string,
  progress: { epoch: number; step: number; totalSteps?: number },
): void {
  run(
    db,
    `UPDATE runs SET epoch = :epoch, step = :step, updated_at = :now,
       total_steps = coalesce(:totalSteps, total_steps) WHERE id = :id`,
    { id, ...progress, totalSteps: progress.totalSteps ?? null, now: Date.now() },
  );
}

export function setStarred(db: Database, id: string, starred: boolean): void {
  run(db, 'UPDATE runs SET starred = ? WHERE id = ?', starred ? 1 : 0, getRun(db, id).id);
}

/** Changes the settings of a run that is not being worked on. */
export function setRunConfig(db: Database, id: string, config: RunConfig): void {
  run(
    db,
    'UPDATE runs SET config = ?, group_key = ? WHERE id = ?',
    JSON.stringify(config),
    groupKeyOf(config),
    id,
  );
}

/** Marks a run whose training differed from its settings, so that nothing takes it for an exact one. */
export function setDeviation(db: Database, id: string, deviation: RunDeviation | null): void {
  run(db, 'UPDATE runs SET deviation = ? WHERE id = ?', deviation, id);
}

/** Stores which images the run learns from. */
export function setRunSample(db: Database, id: string, sample: RunSample): void {
  run(
    db,
    `UPDATE runs SET sample_hash = :sampleHash, sample_ids = :ids, class_counts = :counts
     WHERE id = :id`,
    {
      id,
      sampleHash: sample.sampleHash,
      ids: JSON.stringify(sample.sampleIds),
      counts: JSON.stringify(sample.classCounts),
    },
  );
}

/** Ids of the images the run learns from, in the order drawn; empty before they are drawn. */
export function runSample(db: Database, id: string): string[] {
  const row = one<{ ids: string | null }>(
    db,
    'SELECT sample_ids AS ids FROM runs WHERE id = ?',
    id,
  );
  return row?.ids ? JSON.parse(row.ids) : [];
}

function fromStored(row: Stored): RunRow {
  return {
    ...row,
    config: runConfigSchema.parse(JSON.parse(row.config)),
    environment: JSON.parse(row.environment),
    classCounts: row.classCounts === null ? null : JSON.parse(row.classCounts),
    starred: row.starred === 1,
  };
}
