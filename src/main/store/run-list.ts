import type { EvaluationAttack } from '../../shared/attack.ts';
import type { RunStatus } from '../../shared/results.ts';
import type { MethodName } from '../../shared/run-config.ts';
import type { Database } from './database.ts';
import { listEvaluations } from './evaluations.ts';
import { ftsQuery } from './notes.ts';
import { summarizeEvaluations } from './outcomes.ts';
import { hasStatus } from './run-status.ts';
import { RUN_COLUMNS, type RunRow } from './runs.ts';
import { all, one } from './statement.ts';
import { tagsOf } from './tags.ts';

export type RunFilter = {
  methods?: readonly MethodName[];
  /** Names or ids. */
  datasets?: readonly string[];
  /** Names or ids. */
  models?: readonly string[];
  statuses?: readonly RunStatus[];
  seeds?: readonly number[];
  shots?: readonly number[];
  /** All of them. */
  tags?: readonly string[];
  protocol?: string;
  /** Words of its notes, or the first letters of its id. */
  text?: string;
};

export type RunPage = { limit?: number; offset?: number; order?: 'created' | 'ended' };

export type RunListRow = Omit<RunRow, 'config' | 'environment'> & {
  tags: string[];
  natural: { accuracy: number; n: number } | null;
  robust: { accuracy: number; n: number; attack: EvaluationAttack } | null;
};

const DEFAULT_LIMIT = 200;

/** A page of runs, newest first, with their latest results. */
export function listRuns(db: Database, filter: RunFilter = {}, page: RunPage = {}): RunListRow[] {
  const { sql, values } = pageQuery(filter, page);
  const rows = all<Omit<RunRow, 'classCounts'> & { classCounts: string | null }>(db, sql, values);
  return rows.map((row) => ({
    ...row,
    classCounts: row.classCounts === null ? null : JSON.parse(row.classCounts),
    tags: tagsOf(db, row.id),
    ...results(db, row.id),
  }));
}

export function countRuns(db: Database, filter: RunFilter = {}): number {
  const { where, values } = conditions(filter);
  return one<{ n: number }>(db, `SELECT count(*) AS n FROM runs WHERE ${where}`, values)?.n ?? 0;
}

/** The SQL of a page; the rows of the page are found before anything is joined to them. */
export function pageQuery(
  filter: RunFilter,
  page: RunPage,
): { sql: string; values: Record<string, unknown> } {
  const { where, values } = conditions(filter);
  const column = page.order === 'ended' ? 'ended_at' : 'created_at';
  const order = `runs.${column} DESC, runs.id DESC`;
  const sql = `SELECT ${RUN_COLUMNS}
    FROM (SELECT id FROM runs WHERE ${where} ORDER BY ${order} LIMIT :limit OFFSET :offset) AS page
    JOIN runs ON runs.id = page.id
    JOIN datasets ON datasets.id = runs.dataset_id
    JOIN models ON models.id = runs.model_id
    ORDER BY ${order}`;
  return {
    sql,
    values: { ...values, limit: page.limit ?? DEFAULT_LIMIT, offset: page.offset ?? 0 },
  };
}

function conditions(filter: RunFilter): { where: string; values: Record<string, unknown> } {
  const where = ['runs.deleted_at IS NULL'];
  const values: Record<string, unknown> = {};
  const among = (key: keyof RunFilter, sql: string): void => {
    const list = filter[key];
    if (list === undefined) return;
    where.push(sql);
    values[key] = JSON.stringify(list);
  };
  const list = (key: string): string => `(SELECT value FROM json_each(:${key}))`;
  among('methods', `runs.method IN ${list('methods')}`);
  among('seeds', `runs.seed IN ${list('seeds')}`);
  among('shots', `runs.shots IN ${list('shots')}`);
  for (const [key, table] of [
    ['datasets', 'dataset'],
    ['models', 'model'],
  ] as const) {
    among(
      key,
      `runs.${table}_id IN (SELECT id FROM ${key} WHERE name IN ${list(key)} OR id IN ${list(key)})`,
    );
  }
  among(
    'tags',
    `runs.id IN (SELECT run_id FROM tags WHERE tag IN ${list('tags')}
       GROUP BY run_id HAVING count(*) = json_array_length(:tags))`,
  );
  if (filter.statuses !== undefined) {
    const any = filter.statuses.map((status) => hasStatus('runs', status)).join(' OR ');
    where.push(any === '' ? 'FALSE' : `(${any})`);
  }
  if (filter.protocol !== undefined) {
    where.push('runs.protocol = :protocol');
    values.protocol = filter.protocol;
  }
  if (filter.text !== undefined && filter.text.trim() !== '') addText(filter.text, where, values);
  return { where: where.join(' AND '), values };
}

function addText(text: string, where: string[], values: Record<string, unknown>): void {
  where.push(`(substr(runs.id, 1, length(:text)) = :text OR runs.id IN (SELECT notes.run_id FROM
    notes_fts JOIN notes ON notes.id = notes_fts.rowid WHERE notes_fts MATCH :match))`);
  values.text = text.trim();
  values.match = ftsQuery(text);
}

function results(db: Database, runId: string): Pick<RunListRow, 'natural' | 'robust'> {
  const evaluations = listEvaluations(db, runId);
  const { naturalAccuracy, naturalN, robustAccuracy, n, attack } =
    summarizeEvaluations(evaluations);
  return {
    natural:
      naturalAccuracy === null || naturalN === null
        ? null
        : { accuracy: naturalAccuracy, n: naturalN },
    robust:
      robustAccuracy === null || n === null || attack === null
        ? null
        : { accuracy: robustAccuracy, n, attack },
  };
}
