import type { RunFilter, RunSort } from '../../shared/api/run-query.ts';
import { type EvaluationAttack, evaluationAttackSchema } from '../../shared/attack.ts';
import type { Database } from './database.ts';
import { ftsQuery } from './notes.ts';
import { hasStatus } from './run-status.ts';
import { RUN_COLUMNS, type RunRow } from './runs.ts';
import { all, one } from './statement.ts';
import { tagsOf } from './tags.ts';

export type { RunFilter };

export type RunPage = { limit?: number; offset?: number; sort?: RunSort };

export type RunListRow = Omit<RunRow, 'config' | 'environment'> & {
  tags: string[];
  natural: { accuracy: number; n: number } | null;
  robust: { accuracy: number; n: number; attack: EvaluationAttack } | null;
};

const DEFAULT_LIMIT = 200;

const RESULT_COLUMNS = `runs.natural_accuracy AS naturalAccuracy, natural.n AS naturalN,
  runs.robust_accuracy AS robustAccuracy, robust.n AS robustN, robust.attack AS robustAttack`;

export const RESULT_JOINS = `LEFT JOIN evaluations AS natural ON natural.id = runs.natural_evaluation
  LEFT JOIN evaluations AS robust ON robust.id = runs.robust_evaluation`;

type Results = {
  naturalAccuracy: number | null;
  naturalN: number | null;
  robustAccuracy: number | null;
  robustN: number | null;
  robustAttack: string | null;
};
type Stored = Results &
  Omit<RunRow, 'classCounts' | 'starred'> & { classCounts: string | null; starred: number };

/** A page of runs, the newest first unless sorted otherwise, with their latest results. */
export function listRuns(db: Database, filter: RunFilter = {}, page: RunPage = {}): RunListRow[] {
  const { sql, values } = pageQuery(filter, page);
  return all<Stored>(db, sql, values).map((row) => {
    const { naturalAccuracy, naturalN, robustAccuracy, robustN, robustAttack, ...rest } = row;
    return {
      ...rest,
      classCounts: row.classCounts === null ? null : JSON.parse(row.classCounts),
      starred: row.starred === 1,
      tags: tagsOf(db, row.id),
      ...resultsOf({ naturalAccuracy, naturalN, robustAccuracy, robustN, robustAttack }),
    };
  });
}

export function countRuns(db: Database, filter: RunFilter = {}): number {
  const { where, values } = conditions(filter);
  return one<{ n: number }>(db, `SELECT count(*) AS n FROM runs WHERE ${where}`, values)?.n ?? 0;
}

const SORT_COLUMNS = {
  created: 'created_at',
  ended: 'ended_at',
  natural: 'natural_accuracy',
  robust: 'robust_accuracy',
} as const;

/**
 * The SQL of a page; its rows are found before anything is joined to them (SQLite keeps the order of a
 * CROSS JOIN; left to itself it goes over every run).
 */
export function pageQuery(
  filter: RunFilter,
  page: RunPage,
): { sql: string; values: Record<string, unknown> } {
  const { where, values } = conditions(filter);
  const { by, descending } = page.sort ?? { by: 'created', descending: true };
  const column = `runs.${SORT_COLUMNS[by]}`;
  // Descending, SQLite puts what is missing last by itself.
  const order = descending
    ? `${column} DESC, runs.id DESC`
    : `${column} ASC NULLS LAST, runs.id ASC`;
  const sql = `SELECT ${RUN_COLUMNS}, ${RESULT_COLUMNS}
    FROM (SELECT id FROM runs WHERE ${where} ORDER BY ${order} LIMIT :limit OFFSET :offset) AS page
    CROSS JOIN runs ON runs.id = page.id
    JOIN datasets ON datasets.id = runs.dataset_id
    JOIN models ON models.id = runs.model_id
    ${RESULT_JOINS}
    ORDER BY ${order}`;
  return {
    sql,
    values: { ...values, limit: page.limit ?? DEFAULT_LIMIT, offset: page.offset ?? 0 },
  };
}

/** What `filter` keeps, as SQL about `runs`. */
export function conditions(filter: RunFilter): { where: string; values: Record<string, unknown> } {
  const where = ['runs.deleted_at IS NULL'];
  const values: Record<string, unknown> = {};
  const among = (key: keyof RunFilter, sql: string): void => {
    const list = filter[key];
    if (list === undefined) return;
    where.push(sql);
    values[key] = JSON.stringify(list);
  };
  const list = (key: string): string => `(SELECT value FROM json_each(:${key}))`;
  among('ids', `runs.id IN ${list('ids')}`);
  among('methods', `runs.method IN ${list('methods')}`);
  among('classes', `coalesce(json_extract(runs.config, '$.classes'), 'all') IN ${list('classes')}`);
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
  if (filter.starred !== undefined) where.push(`runs.starred = ${filter.starred ? 1 : 0}`);
  if (filter.group !== undefined) {
    where.push('runs.group_key = :group');
    values.group = filter.group;
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

function resultsOf(row: Results): Pick<RunListRow, 'natural' | 'robust'> {
  const { naturalAccuracy, naturalN, robustAccuracy, robustN, robustAttack } = row;
  const isAttacked = robustAccuracy !== null && robustN !== null && robustAttack !== null;
  return {
    natural:
      naturalAccuracy === null || naturalN === null
        ? null
        : { accuracy: naturalAccuracy, n: naturalN },
    robust: isAttacked
      ? {
          accuracy: robustAccuracy,
          n: robustN,
          attack: evaluationAttackSchema.parse(JSON.parse(robustAttack)),
        }
      : null,
  };
}
