import { describe, expect, it } from 'vitest';
import { planAblation } from '../../../src/main/protocols/ablation.ts';
import { planBaseToNew } from '../../../src/main/protocols/base-to-new.ts';
import { planCrossDataset } from '../../../src/main/protocols/cross-dataset.ts';
import { planFewShot } from '../../../src/main/protocols/few-shot.ts';
import type { Cell, PlanOptions } from '../../../src/main/protocols/plan.ts';
import { settingsOf } from '../../../src/main/protocols/settings-of.ts';
import { configDifference } from '../../../src/main/statistics/config-difference.ts';
import { METHODS } from '../../../src/shared/method-catalogue.ts';

const options = (given: Partial<PlanOptions> = {}): PlanOptions => ({
  methods: ['zero-shot', 'fap'],
  datasets: ['cats', 'dogs'],
  source: null,
  model: 'm',
  shots: [1, 2],
  seeds: [1, 2],
  attack: {},
  presetSettings: () => [],
  set: [],
  switches: false,
  ...given,
});

const places = ({ tests }: Cell) =>
  tests.map(({ section, column, dataset, classes, measure }) =>
    [section, column, dataset, classes, measure].join(' '),
  );

describe('planFewShot', () => {
  it('lists methods x datasets x shots x seeds, and zero-shot once a dataset and seed', () => {
    const { cells, sections } = planFewShot(options());
    expect(cells.map(({ title }) => title)).toEqual([
      'Zero-shot CLIP, cats, seed 1',
      'FAP, cats, 1 shot, seed 1',
      'FAP, cats, 2 shots, seed 1',
      'Zero-shot CLIP, dogs, seed 1',
      'FAP, dogs, 1 shot, seed 1',
      'FAP, dogs, 2 shots, seed 1',
      'Zero-shot CLIP, cats, seed 2',
      'FAP, cats, 1 shot, seed 2',
      'FAP, cats, 2 shots, seed 2',
      'Zero-shot CLIP, dogs, seed 2',
      'FAP, dogs, 1 shot, seed 2',
      'FAP, dogs, 2 shots, seed 2',
    ]);
    const [zeroShot, , fap] = cells as [Cell, Cell, Cell];
    expect(places(zeroShot)).toEqual([
      'cats 1 cats all natural',
      'cats 1 cats all robust',
      'cats 2 cats all natural',
      'cats 2 cats all robust',
    ]);
    expect(zeroShot.config.shots).toBe(16);
    expect(places(fap)).toEqual(['cats 2 cats all natural', 'cats 2 cats all robust']);
    expect(fap.config).toMatchObject({ method: 'fap', shots: 2, seed: 1, classes: 'all' });
    expect(sections.map(({ title, meanOf }) => [title, meanOf])).toEqual([
      ['cats', undefined],
      ['dogs', undefined],
      ['average of 2 datasets', ['cats', 'dogs']],
    ]);
    expect(sections[0]?.columns.map(({ title }) => title)).toEqual(['1 shot', '2 shots']);
  });

  it('trains CoOp and APT as long as published', () => {
    const of = (shots: number[], datasets = ['cats']) =>
      planFewShot(options({ methods: ['coop'], seeds: [1], shots, datasets })).cells.map(
        ({ config }) => config.epochs,
      );
    expect(of([1, 2, 4, 8, 16])).toEqual([50, 100, 100, 200, 200]);
    expect(of([4, 16], ['ImageNet'])).toEqual([50, 50]);
  });

  it('lets a preset win over what is published, and the person over both', () => {
    const epochs = (set: string[]) =>
      planFewShot(
        options({
          methods: ['apt'],
          shots: [1],
          presetSettings: (method) => (method === 'apt' ? ['epochs=20'] : []),
          set,
        }),
      ).cells[0]?.config.epochs;
    expect(epochs([])).toBe(20);
    expect(epochs(['epochs=3'])).toBe(3);
  });

  it('attacks at the training size unless told otherwise, with natural accuracy on all images', () => {
    const set = ['attack.epsilon=4/255'];
    const attacks = (given: PlanOptions['attack']) =>
      planFewShot(options({ set, attack: given })).cells[0]?.tests.map(({ attack }) => attack);
    expect(attacks({})).toMatchObject([
      { name: 'none', subset: null },
      { name: 'pgd', steps: 100, epsilon: 4 / 255, stepSize: 4 / 255, subset: 100 },
      { name: 'none' },
      { name: 'pgd' },
    ]);
    expect(attacks({ epsilon: 0.5 })?.[1]).toMatchObject({ epsilon: 0.5, stepSize: 0.5 });
  });
});

describe('planBaseToNew', () => {
  it('trains on the base half and tests on both', () => {
    const { cells, sections } = planBaseToNew(options({ shots: [16] }));
    expect(cells).toHaveLength(2 * 2 * 2);
    for (const { config } of cells) expect(config).toMatchObject({ classes: 'base', shots: 16 });
    expect(places(cells[3] as Cell)).toEqual([
      'dogs base dogs base natural',
      'dogs base dogs base robust',
      'dogs new dogs new natural',
      'dogs new dogs new robust',
    ]);
    expect(sections[0]?.columns.map(({ title }) => title)).toEqual([
      'base',
      'new',
      'harmonic mean',
    ]);
  });
});

describe('planCrossDataset', () => {
  const plan = planCrossDataset(
    options({
      methods: ['zero-shot', 'advvp', 'maple', 'fap', 'coop'],
      source: 'birds',
      shots: [16],
      seeds: [1, 2, 3],
    }),
  );

  it('trains on the source alone and tests on it and every target', () => {
    expect(plan.cells).toHaveLength(5 * 3);
    for (const { config } of plan.cells) expect(config.dataset).toBe('birds');
    const columns = (plan.cells[0] as Cell).tests.map(({ column, measure }) => [column, measure]);
    expect(columns).toEqual(
      ['birds', 'cats', 'dogs'].flatMap((name) => [
        [name, 'natural'],
        [name, 'robust'],
      ]),
    );
    expect(plan.sections).toHaveLength(1);
    expect(plan.sections[0]?.columns.at(-1)?.from).toEqual({
      kind: 'mean',
      columns: ['birds', 'cats', 'dogs'],
    });
  });

  it('trains as published: 5 epochs, AdvVP at 30, MaPLe 2 epochs at depth 3', () => {
    const of = (method: string) => plan.cells.find(({ row }) => row === method)?.config;
    expect(of('fap')).toMatchObject({ epochs: 5, optimizer: { learningRate: 0.0035 } });
    expect(of('advvp')).toMatchObject({ epochs: 5, optimizer: { learningRate: 30 } });
    expect(of('maple')).toMatchObject({
      epochs: 2,
      optimizer: { learningRate: 0.0026 },
      prompts: { depth: 3 },
    });
    expect(of('coop')?.epochs).toBe(200);
    expect(of('zero-shot')?.epochs).toBe(METHODS['zero-shot'].defaults.epochs);
    expect(settingsOf(plan)).toContain('AdvVP: optimizer.learningRate=30');
  });
});

describe('planAblation', () => {
  it('adds one term of the loss a row, and ends at the method itself', () => {
    const { cells, rows } = planAblation(options({ datasets: ['cats'], seeds: [1] }));
    expect(cells.map(({ title }) => title.split(',')[0])).toEqual([
      'L_adv',
      '+ L_nat',
      '+ L_VAA',
      'CBA-FAPT (+ L_TAA)',
    ]);
    const weights = cells.map(({ config: { loss } }) => [
      loss.natural,
      loss.alpha,
      loss.beta,
      loss.gamma,
    ]);
    expect(weights).toEqual([
      [0, 1, 0, 0],
      [1, 5, 0, 0],
      [1, 5, 0.05, 0],
      [1, 5, 0.05, 0.03],
    ]);
    expect(rows.map(({ terms }) => terms?.length)).toEqual([1, 2, 3, 4]);
    for (const { config } of cells)
      expect(config).toMatchObject({ method: 'cba-fapt', classes: 'base' });
  });

  it('turns each switch alone', () => {
    const plan = planAblation(options({ datasets: ['cats'], seeds: [1], switches: true }));
    const [usual, ...turned] = plan.cells.map(({ config }) => config);
    const paths = turned.map((config) =>
      configDifference(usual as typeof config, config).map(({ path }) => path),
    );
    expect(paths).toEqual(
      [
        'score',
        'forwardWeights',
        'heads',
        'gradientWeights',
        'detachClean',
        'detachWeights',
        'tokenNormalization',
      ].map((name) => [`loss.${name}`]),
    );
  });

  it('makes the rows that are asked for alone, and names them where one is not there', () => {
    const ask = (rows: string[], switches = false) =>
      planAblation(options({ datasets: ['cats'], seeds: [1], rows, switches }));
    expect(ask(['taa', 'adv']).rows.map(({ key }) => key)).toEqual(['adv', 'taa']);
    expect(ask(['loss.score=logit'], true).cells).toHaveLength(1);
    expect(() => ask(['vaa', 'tta'])).toThrow(/no row "tta".*adv, nat, vaa, taa/);
  });

  it('keeps a weight of the person where the row has the term', () => {
    const { cells } = planAblation(
      options({ datasets: ['cats'], seeds: [1], set: ['loss.beta=0.5'] }),
    );
    expect(cells.map(({ config }) => config.loss.beta)).toEqual([0, 0, 0.5, 0.5]);
  });
});
