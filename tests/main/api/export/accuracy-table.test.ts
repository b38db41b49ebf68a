import { afterEach, beforeEach, expect, it } from 'vitest';
import { attackOf, NATURAL } from '../../../../src/main/api/create-run.ts';
import { accuracyTable } from '../../../../src/main/api/export/accuracy-table.ts';
import { bibtexOf } from '../../../../src/main/api/export/bibtex.ts';
import type { RunRow } from '../../../../src/main/store/runs.ts';
import { createTestApp, createTestRun, type TestApp } from '../../fixtures/test-app.ts';
import { evaluate } from '../compare/evaluated-run.ts';

let app: TestApp;
beforeEach(async () => {
  app = await createTestApp({});
});
afterEach(() => app.dispose());

it('has a row a group of seeds in the order given, with mean, spread and the attack said once', () => {
  const runs = [
    createTestRun(app, 'cba-fapt', 1),
    createTestRun(app, 'cba-fapt', 2),
    createTestRun(app, 'fap', 1),
  ] as const;
  const attack = attackOf(runs[0].config, { subset: 4 });
  for (const [index, run] of runs.entries()) {
    evaluate(app, run, NATURAL, ['000000', '000111', '000111'][index] as string);
    evaluate(app, run, attackOf(run.config, { ...attack }), '0000', '0001');
  }
  const table = accuracyTable(app.db, [...runs.map(({ id }) => id), runs[0].id]);
  expect(table.rows.map(({ method, seeds }) => [method, seeds])).toEqual([
    ['CBA-FAPT', '1 2'],
    ['FAP', '1'],
  ]);
  expect(table.rows[0]?.natural).toMatchObject({ n: 2, std: expect.any(Number) });
  expect(table.rows[1]?.natural).toMatchObject({ n: 1, std: null });
  expect(table.protocol).toContain('PGD-100');
  expect(table.protocol).toContain('on 4 test images');
  expect(table.protocol).toContain('on 6 test images');
});

it('says of how many seeds a mean is where one was attacked otherwise', () => {
  const runs = [1, 2, 3].map((seed) => createTestRun(app, 'fap', seed));
  for (const run of runs) {
    evaluate(app, run, NATURAL, '000111');
    evaluate(app, run, attackOf(run.config, {}), '000111', '001110');
  }
  const ids = runs.map(({ id }) => id);
  expect(accuracyTable(app.db, ids).protocol).not.toContain('measured alike');
  const [first] = runs as [RunRow, ...RunRow[]];
  evaluate(app, first, attackOf(first.config, { steps: 7 }), '000111', '111000');
  const table = accuracyTable(app.db, ids);
  expect(table.rows[0]).toMatchObject({ seeds: '1 2 3', robust: { n: 2 }, natural: { n: 3 } });
  expect(table.protocol).toContain('Only those measured alike count: FAP robust of 2 of 3 seeds.');
});

it('refuses runs without a number', () => {
  const run = createTestRun(app, 'fap');
  expect(() => accuracyTable(app.db, [run.id])).toThrow(/None of these runs has been evaluated/);
  expect(() => accuracyTable(app.db, [])).toThrow(/at least one run/);
});

it('lists publications once, CLIP among them', () => {
  const ids = [createTestRun(app, 'fap', 1), createTestRun(app, 'fap', 2)].map(({ id }) => id);
  expect(bibtexOf(app.db, ids).match(/^@\w+\{\w+/gm)).toEqual([
    '@inproceedings{radford2021clip',
    '@inproceedings{zhou2024fap',
  ]);
});
