import { type EvaluationAttack, evaluationAttackSchema } from '../../shared/attack.ts';
import {
  type AttackObservation,
  type AttackProbe,
  sumOfObservations,
} from '../../shared/attack-sanity.ts';
import { FaptError } from '../../shared/errors.ts';
import type { RunStatus } from '../../shared/results.ts';
import type { ClassSet } from '../../shared/run-config.ts';
import { sha256OfLines } from '../workspace/hash.ts';
import type { Database } from './database.ts';
import type { SplitName } from './datasets.ts';
import { isEnded, refuseStatusChange, trueStatus } from './run-status.ts';
import { all, one, run } from './statement.ts';

export type EvaluationRow = {
  id: number;
  /** The run that was evaluated, or null where a bare model was. */
  runId: string | null;
  modelId: string | null;
  datasetId: string;
  split: SplitName;
  /** Which of the dataset's classes it is about; labels of its outcomes count among them. */
  classes: ClassSet;
  /** Whether it is about the dataset and the classes that the run was trained on. */
  own: boolean;
  /** A point of an epsilon sweep is no result of its own. */
  purpose: 'result' | 'sweep';
  attack: EvaluationAttack;
  /** What was seen of the attack so far, and what the probes after it found; null where nothing. */
  observed: AttackObservation | null;
  probe: AttackProbe | null;
  /** As asked for; null means the whole split. */
  subset: number | null;
  /** Examples this evaluation is about; `n` of them have an outcome so far. */
  expected: number;
  /** SHA-256 of the examples' ids in order. */
  idsHash: string;
  seed: number;
  status: RunStatus;
  statusReason: string | null;
  environment: unknown;
  createdAt: number;
  startedAt: number | null;
  endedAt: number | null;
  ownerPid: number | null;
  /** Counted from the outcomes: all, right when clean, attacked, right under attack. */
  n: number;
  cleanRight: number;
  attacked: number;
  robustRight: number;
};

export type NewEvaluation = {
  runId: string | null;
  modelId: string | null;
  datasetId: string;
  split?: SplitName;
  classes?: ClassSet;
  purpose?: EvaluationRow['purpose'];
  attack: EvaluationAttack;
  ids: readonly string[];
  seed: number;
  environment: unknown;
};

const SELECT = `SELECT id, run_id AS runId, model_id AS modelId, dataset_id AS datasetId, split,
  classes, purpose, attack, observed, probe, subset, expected, ids_hash AS idsHash, seed, ${trueStatus('evaluations')} AS status,
  status_reason AS statusReason, environment, created_at AS createdAt, started_at AS startedAt,
  ended_at AS endedAt, owner_pid AS ownerPid, n, clean_right AS cleanRight, attacked,
  robust_right AS robustRight,
  coalesce((SELECT runs.dataset_id = evaluations.dataset_id
      AND coalesce(json_extract(runs.config, '$.classes'), 'all') = evaluations.classes
    FROM runs WHERE runs.id = evaluations.run_id), 1) AS own FROM evaluations`;

type Stored = Omit<EvaluationRow, 'attack' | 'environment' | 'observed' | 'probe' | 'own'> & {
  own: 0 | 1;
  attack: string;
  environment: string;
  observed: string | null;
  probe: string | null;
};

/** Stores an evaluation as queued. Give `runId` or `modelId`, and the ids in split order. */
export function createEvaluation(db: Database, fresh: NewEvaluation): EvaluationRow {
  const { lastId } = run(
    db,
    `INSERT INTO evaluations (run_id, model_id, dataset_id, split, classes, purpose, attack, subset,
       expected, ids_hash, seed, status, environment, created_at)
     VALUES (:runId, :modelId, :datasetId, :split, :classes, :purpose, :attack, :subset, :expected,
       :idsHash, :seed, 'queued', :environment, :now)`,
    {
      runId: fresh.runId,
      modelId: fresh.modelId,
      datasetId: fresh.datasetId,
      split: fresh.split ?? 'test',
      classes: fresh.classes ?? 'all',
      purpose: fresh.purpose ?? 'result',
      attack: attackKey(fresh.attack),
      subset: fresh.attack.subset,
      expected: fresh.ids.length,
      idsHash: sha256OfLines(fresh.ids),
      seed: fresh.seed,
      environment: JSON.stringify(fresh.environment ?? null),
      now: Date.now(),
    },
  );
  return getEvaluation(db, lastId);
}

/** Throws `evaluation-unknown`. */
export function getEvaluation(db: Database, id: number): EvaluationRow {
  const row = one<Stored>(db, `${SELECT} WHERE id = ?`, id);
  if (row !== undefined) return fromStored(row);
  throw new FaptError('evaluation-unknown', `There is no evaluation ${id} in this workspace.`);
}

/** All evaluations of a run, newest first. */
export function listEvaluations(db: Database, runId: string): EvaluationRow[] {
  return all<Stored>(db, `${SELECT} WHERE run_id = ? ORDER BY id DESC`, runId).map(fromStored);
}

/**
 * The newest evaluation of a run under this very attack and, if given, on this dataset, these classes
 * and these very examples.
 */
export function findEvaluation(
  db: Database,
  wanted: {
    runId: string;
    attack: EvaluationAttack;
    datasetId?: string;
    classes?: ClassSet;
    ids?: readonly string[];
    seed?: number;
  },
): EvaluationRow | null {
  const attack = attackKey(wanted.attack);
  const idsHash = wanted.ids === undefined ? null : sha256OfLines(wanted.ids);
  const row = one<Stored>(
    db,
    `${SELECT} WHERE run_id = :runId AND attack = :attack
       AND (:datasetId IS NULL OR dataset_id = :datasetId)
       AND (:classes IS NULL OR classes = :classes)
       AND (:idsHash IS NULL OR ids_hash = :idsHash) AND (:seed IS NULL OR seed = :seed)
     ORDER BY id DESC LIMIT 1`,
    {
      runId: wanted.runId,
      attack,
      datasetId: wanted.datasetId ?? null,
      classes: wanted.classes ?? null,
      idsHash,
      seed: wanted.seed ?? null,
    },
  );
  return row === undefined ? null : fromStored(row);
}

/**
 * The finished evaluations of other runs on the same weights, without an attack and on the very same
 * images, newest first; none where this one is under an attack.
 */
export function naturalTwins(db: Database, evaluation: EvaluationRow): EvaluationRow[] {
  if (evaluation.attack.name !== 'none') return [];
  return all<Stored>(
    db,
    `${SELECT} WHERE run_id <> :runId AND attack = :attack AND dataset_id = :datasetId
       AND classes = :classes AND ids_hash = :idsHash AND evaluations.status = 'finished'
       AND (SELECT model_hash FROM runs WHERE runs.id = run_id AND deleted_at IS NULL)
         = (SELECT model_hash FROM runs WHERE runs.id = :runId)
     ORDER BY id DESC`,
    {
      runId: evaluation.runId,
      attack: attackKey(evaluation.attack),
      datasetId: evaluation.datasetId,
      classes: evaluation.classes,
      idsHash: evaluation.idsHash,
    },
  ).map(fromStored);
}

/** Like `setRunStatus`. Throws `status-refused`. */
export function setEvaluationStatus(
  db: Database,
  id: number,
  status: RunStatus,
  details: { reason?: string | null; ownerPid?: number } = {},
): void {
  refuseStatusChange(`Evaluation ${id}`, getEvaluation(db, id).status, status);
  const running = status === 'running';
  run(
    db,
    `UPDATE evaluations SET status = :status, status_reason = :reason,
       started_at = CASE WHEN :running THEN coalesce(started_at, :now) ELSE started_at END,
       ended_at = CASE WHEN :ended THEN :now ELSE NULL END,
       owner_pid = :ownerPid
     WHERE id = :id`,
    {
      id,
      status,
      reason: details.reason ?? null,
      now: Date.now(),
      running: running ? 1 : 0,
      ended: isEnded(status) ? 1 : 0,
      ownerPid: running ? (details.ownerPid ?? process.pid) : null,
    },
  );
}

/** Forgets everything that was measured, and waits: the run behind it changes. */
export function restartEvaluation(db: Database, id: number): void {
  db.transaction(() => {
    run(db, 'DELETE FROM outcomes WHERE evaluation_id = ?', id);
    run(db, 'DELETE FROM stability WHERE evaluation_id = ?', id);
    run(db, 'UPDATE evaluations SET observed = NULL, probe = NULL WHERE id = ?', id);
    run(db, 'DELETE FROM warnings WHERE evaluation_id = ?', id);
    setEvaluationStatus(db, id, 'queued');
  })();
}

/** Adds what was seen of further images to what was seen before. */
export function addObservation(db: Database, id: number, seen: AttackObservation): void {
  const { observed } = getEvaluation(db, id);
  const sum = observed ? sumOfObservations(observed, seen) : seen;
  run(db, 'UPDATE evaluations SET observed = ? WHERE id = ?', JSON.stringify(sum), id);
}

export function setProbe(db: Database, id: number, probe: AttackProbe): void {
  run(db, 'UPDATE evaluations SET probe = ? WHERE id = ?', JSON.stringify(probe), id);
}

/** The keys of the first schema; those that came later are stored only where they say something. */
const FIRST_KEYS = ['name', 'loss', 'epsilon', 'stepSize', 'steps', 'restarts', 'subset'];

/**
 * One text for one attack, whatever the order of its keys was, and the same as before for attacks
 * that could be described before.
 */
function attackKey(attack: EvaluationAttack): string {
  const full = evaluationAttackSchema.parse(attack);
  const usual: Record<string, unknown> = evaluationAttackSchema.parse({ name: attack.name });
  const first = FIRST_KEYS.map((key) => [key, full[key as keyof EvaluationAttack]]);
  const later = Object.entries(full)
    .filter(([key, value]) => !FIRST_KEYS.includes(key) && value !== usual[key])
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify(Object.fromEntries([...first, ...later]));
}

function fromStored(row: Stored): EvaluationRow {
  return {
    ...row,
    own: row.own === 1,
    attack: evaluationAttackSchema.parse(JSON.parse(row.attack)),
    environment: JSON.parse(row.environment),
    observed: row.observed === null ? null : JSON.parse(row.observed),
    probe: row.probe === null ? null : JSON.parse(row.probe),
  };
}
