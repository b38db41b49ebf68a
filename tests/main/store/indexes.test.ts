import { describe, expect, it } from 'vitest';
import { pageQuery, type RunFilter } from '../../../src/main/store/run-list.ts';
import { storeWithData } from './fixtures.ts';

const { db } = storeWithData();

function plan(sql: string, values: unknown): string {
  const rows = db.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(values) as { detail: string }[];
  return rows.map(({ detail }) => detail).join('\n');
}

describe('indexes', () => {
  it.each<[string, RunFilter]>([
    ['runs_by_created', {}],
    ['runs_by_created', { seeds: [1] }],
    ['runs_by_status', { statuses: ['failed'] }],
    ['runs_by_status', { statuses: ['interrupted'] }],
    ['runs_by_dataset', { datasets: ['pets'] }],
    ['runs_by_model', { models: ['tiny'] }],
    ['runs_by_method', { methods: ['fap'] }],
    ['runs_by_protocol', { protocol: 'few-shot' }],
    ['tags_by_tag', { tags: ['paper'] }],
    ['runs_by_group', { group: 'x' }],
    ['runs_starred', { starred: true }],
  ])('%s serves the list of runs', (index, filter) => {
    const { sql, values } = pageQuery(filter, {});
    const text = plan(sql, values);
    expect(text).toContain(index);
    expect(text).not.toMatch(/SCAN runs$/m);
  });

  it('the newest runs need no sorting', () => {
    const { sql, values } = pageQuery({}, {});
    const inner = sql.slice(sql.indexOf('(SELECT id') + 1, sql.indexOf(') AS page'));
    expect(plan(inner, values)).not.toContain('TEMP B-TREE');
  });

  it.each(['ended', 'natural', 'robust'] as const)('runs_by_%s sorts the list', (by) => {
    const { sql, values } = pageQuery({}, { sort: { by, descending: true } });
    const inner = sql.slice(sql.indexOf('(SELECT id') + 1, sql.indexOf(') AS page'));
    expect(plan(inner, values)).toContain(`runs_by_${by}`);
    expect(plan(inner, values)).not.toContain('TEMP B-TREE');
  });

  it.each([
    [
      'images_by_path',
      "SELECT 1 FROM images WHERE dataset_id = '' AND split = 'test' AND path = ''",
    ],
    ['images_by_hash', "SELECT 1 FROM images WHERE sha256 = ''"],
    ['evaluations_by_run', "SELECT * FROM evaluations WHERE run_id = '' ORDER BY id DESC"],
    ['evaluations_by_model', "SELECT * FROM evaluations WHERE model_id = '' ORDER BY id DESC"],
    ['evaluations_by_status', "SELECT 1 FROM evaluations WHERE status = 'running'"],
    ['outcomes_by_perturbation', "SELECT 1 FROM outcomes WHERE perturbation = ''"],
    ['notes_by_run', "SELECT * FROM notes WHERE run_id = '' ORDER BY id"],
    [
      'jobs_by_status',
      "SELECT id FROM jobs WHERE status = 'queued' ORDER BY priority DESC, id LIMIT 1",
    ],
    ['runs_in_bin', 'SELECT 1 FROM runs WHERE deleted_at IS NOT NULL ORDER BY deleted_at DESC'],
    ['jobs_by_run', "SELECT id FROM jobs WHERE run_id = '' ORDER BY id DESC LIMIT 1"],
    [
      'dataset_changes_by_dataset',
      "SELECT 1 FROM dataset_changes WHERE dataset_id = '' ORDER BY id",
    ],
    ['warnings_by_run', "SELECT 1 FROM warnings WHERE run_id = ''"],
    ['warnings_by_evaluation', 'SELECT 1 FROM warnings WHERE evaluation_id = 1'],
    ['warnings_by_dataset', "SELECT 1 FROM warnings WHERE dataset_id = ''"],
  ])('%s', (index, sql) => {
    const text = plan(sql, []);
    expect(text).toContain(index);
    expect(text).not.toContain('TEMP B-TREE');
  });

  it('one metric of a run is one range of its table', () => {
    const text = plan(
      "SELECT * FROM metrics WHERE run_id = '' AND name = '' AND step > 0 ORDER BY step",
      [],
    );
    expect(text).toContain('SEARCH metrics USING PRIMARY KEY (run_id=? AND name=? AND step>?)');
    expect(text).not.toContain('TEMP B-TREE');
  });

  it('every index is looked at here', () => {
    const names = db
      .prepare("SELECT name FROM sqlite_schema WHERE type = 'index' AND name NOT LIKE 'sqlite_%'")
      .pluck()
      .all();
    // And images_unread, which the planner takes once the table has statistics.
    expect(names).toHaveLength(27);
  });
});
