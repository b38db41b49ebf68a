import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { attackOf, NATURAL } from '../../../../src/main/api/create-run.ts';
import { runTable } from '../../../../src/main/api/export/run-table.ts';
import { createTestApp, createTestRun, type TestApp } from '../../fixtures/test-app.ts';
import { evaluate, IDS } from '../compare/evaluated-run.ts';

let app: TestApp;
beforeEach(async () => {
  app = await createTestApp({});
});
afterEach(() => app.dispose());

describe('classes', () => {
  it('has natural accuracy of all images and robust accuracy of those attacked, over seeds', () => {
    const runs = [1, 2].map((seed) => createTestRun(app, 'cba-fapt', seed));
    for (const [index, run] of runs.entries()) {
      evaluate(app, run, NATURAL, ['000111', '001111'][index] as string);
      evaluate(app, run, attackOf(run.config, {}), '0001', ['0011', '0001'][index] as string);
    }
    const ids = runs.map(({ id }) => id);
    const { columns, rows, protocol } = runTable(app.db, 'classes', ids);
    expect(columns.map(({ title }) => title)).toEqual([
      ...['Class', 'n', 'n attacked', 'CBA-FAPT natural', 'CBA-FAPT robust'],
    ]);
    const [n, attacked, natural, robust] = columns.slice(1).map(({ key }) => key) as string[];
    const cells = (key: string | undefined) => rows.map((row) => row[key as string]);
    expect(cells(n)).toEqual([3, 3]);
    expect(cells(attacked)).toEqual([3, 1]);
    expect(cells(natural)).toMatchObject([
      { mean: (1 + 2 / 3) / 2, n: 2 },
      { mean: 1, std: 0 },
    ]);
    expect(cells(robust)).toMatchObject([
      { mean: (1 + 2 / 3) / 2, n: 2 },
      { mean: 1, std: 0 },
    ]);
    expect(protocol).toContain('on 4 test images');
  });

  it('counts images for each group, and names its attack, where those differ', () => {
    const [a, b] = [createTestRun(app, 'cba-fapt'), createTestRun(app, 'fap')];
    for (const run of [a, b]) evaluate(app, run, NATURAL, '000111');
    evaluate(app, a, attackOf(a.config, { steps: 7 }), '0001', '0001');
    evaluate(app, b, attackOf(b.config, { steps: 9 }), '00011', '00011');
    const titles = runTable(app.db, 'classes', [a.id, b.id]).columns.map(({ title }) => title);
    expect(titles.slice(1, 5)).toEqual([
      ...['n', 'CBA-FAPT n attacked', 'FAP n attacked', 'CBA-FAPT natural'],
    ]);
    expect(titles[5]).toContain('CBA-FAPT robust, PGD-7');
    expect(titles[7]).toContain('FAP robust, PGD-9');
  });
});

describe('outcomes', () => {
  it('has every image behind the natural accuracy, those that were not attacked too', () => {
    const run = createTestRun(app, 'fap');
    evaluate(app, run, NATURAL, '000101');
    evaluate(app, run, attackOf(run.config, { steps: 7 }), '0001', '0011');
    const { rows } = runTable(app.db, 'outcomes', [run.id]);
    expect(rows.map(({ image }) => image)).toEqual(IDS.map(({ id }) => id));
    expect(rows.map(({ adversarial }) => adversarial === null)).toEqual([
      ...[false, false, false, false, true, true],
    ]);
    expect(rows[3]?.attack).toContain('PGD-7');
    expect(rows[4]).toMatchObject({ attack: 'no attack', fellAt: 0 });
  });
});
