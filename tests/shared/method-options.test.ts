import { describe, expect, expectTypeOf, it } from 'vitest';
import { methodOf } from '../../src/engine/methods/registry.ts';
import { settingPaths } from '../../src/main/api/run-settings.ts';
import { evaluationAttackSchema } from '../../src/shared/attack.ts';
import { evaluationOptionsOf } from '../../src/shared/evaluation-options.ts';
import { defaultConfig, METHODS } from '../../src/shared/method-catalogue.ts';
import { OVERRIDES } from '../../src/shared/method-option-overrides.ts';
import {
  ATTACKED,
  COUPLED,
  FRAMED,
  IN_BLOCKS,
  OPTION_ROWS,
  TUNED,
  WORDS_ONLY,
} from '../../src/shared/method-option-rows.ts';
import { type OptionPath, optionsOf } from '../../src/shared/method-options.ts';
import { METHOD_NAMES, type MethodName, runConfigSchema } from '../../src/shared/run-config.ts';
import { choicesOf, type SettingPath, settingAt } from '../../src/shared/setting-paths.ts';

const optionOf = (method: MethodName, path: OptionPath) =>
  optionsOf(method).find((option) => option.path === path);
const pathsOf = (method: MethodName) => optionsOf(method).map(({ path }) => path);

describe('the rows', () => {
  it('cover every setting but the method, and no other', () => {
    const settings = settingPaths().filter((path) => path !== 'method');
    expect(Object.keys(OPTION_ROWS).toSorted()).toEqual(settings.toSorted());
    const covered = new Set(METHOD_NAMES.flatMap(pathsOf));
    expect([...covered].toSorted()).toEqual(settings.toSorted());
    expectTypeOf<SettingPath>().toEqualTypeOf<OptionPath | 'method'>();
    expectTypeOf<'loss.alfa'>().not.toExtend<SettingPath>();
  });

  it('know the words that the schema allows', () => {
    expect(choicesOf('prompts.classPosition')).toEqual(['end', 'middle', 'front']);
    expect(choicesOf('method')).toEqual(METHOD_NAMES);
    for (const path of ['epochs', 'dropLast', 'dataset', 'loss.natural'] as const) {
      expect(choicesOf(path)).toBeNull();
    }
  });

  it.each(METHOD_NAMES)('%s: values are such as the setting takes', (method) => {
    const config = defaultConfig({ method, dataset: 'd', model: 'm', shots: 16, seed: 1 });
    for (const { path, paper, code, choices, ...option } of optionsOf(method)) {
      for (const value of [option.default, paper, code]) {
        if (value === null) continue;
        if (choices) expect(choices, path).toContain(value);
        else if (typeof option.default !== 'string' && option.default !== null) {
          expect(typeof value, path).toBe(typeof option.default);
        }
      }
      if (option.default !== null) expect(option.default).toBe(settingAt(config, path));
    }
    expect(runConfigSchema.safeParse(config).success).toBe(true);
  });

  it.each(METHOD_NAMES)('%s: each reason is one short sentence', (method) => {
    for (const { path, reason } of [...optionsOf(method), ...evaluationOptionsOf(method)]) {
      expect(reason, path).toMatch(/\.$/);
      expect(reason, path).not.toMatch(/\. [A-Z]/);
      expect(reason.length, path).toBeLessThan(130);
    }
  });

  it.each(METHOD_NAMES)('%s: what differs concerns it', (method) => {
    const differences = Object.entries(OVERRIDES[method] ?? {});
    const told = differences.filter(([, { code, reason }]) => code !== undefined || reason);
    const concerning: string[] = pathsOf(method);
    expect(told.map(([path]) => path).filter((path) => !concerning.includes(path))).toEqual([]);
  });
});

describe('which options concern a method', () => {
  const learning = (...learners: string[]) =>
    METHOD_NAMES.filter((name) => learners.includes(methodOf(name).prompts)).toSorted();

  it('follows what the engine learns and attacks', () => {
    expect(learning('text')).toEqual(WORDS_ONLY.toSorted());
    expect(learning('frame')).toEqual(FRAMED.toSorted());
    expect(learning('coupled')).toEqual(COUPLED.toSorted());
    expect(learning('visual', 'independent', 'maple', 'coupled')).toEqual(IN_BLOCKS.toSorted());
    expect(TUNED).toEqual(METHOD_NAMES.filter((name) => METHODS[name].tuned));
    const attacked = METHOD_NAMES.filter(
      (name) => METHODS[name].tuned && methodOf(name).views !== 'clean',
    );
    expect(ATTACKED.toSorted()).toEqual(attacked.toSorted());
  });

  it.each<[OptionPath, MethodName[]]>([
    ['loss.beta', ['cba-fapt']],
    ['loss.lambda', ['fap']],
    ['loss.refine', ['tga']],
    ['loss.natural', ['fap', 'cba-fapt']],
    ['prompts.border', ['advvp', 'tecoa']],
    ['attack.promptStepSize', ['apt']],
    ['prompts.classSpecific', ['coop', 'apt']],
    ['prompts.coupling', ['advmaple', 'fap', 'cba-fapt', 'tga']],
  ])('%s', (path, methods) => {
    expect(METHOD_NAMES.filter((method) => optionOf(method, path))).toEqual(methods);
  });

  it('zero-shot CLIP has nothing to train', () => {
    const kept = ['dataset', 'model', 'classes', 'seed', 'prompts.template', 'attack.epsilon'];
    expect(pathsOf('zero-shot')).toEqual(kept);
  });
});

/** The values as they stand in the paper and in the code: method, path, paper, code, default. */
type Spot = [MethodName, OptionPath, unknown, unknown, unknown];
const spots: Spot[] = [
  ['cba-fapt', 'loss.alpha', 5, null, 5],
  ['cba-fapt', 'loss.beta', 0.05, null, 0.05],
  ['cba-fapt', 'loss.gamma', 0.03, null, 0.03],
  ['cba-fapt', 'loss.score', 'cosine', null, 'cosine'],
  ['cba-fapt', 'loss.tokenNormalization', null, null, 'softmax'],
  ['cba-fapt', 'attack.loss', null, 'kl', 'ce'],
  ['cba-fapt', 'attack.steps', 2, 2, 2],
  ['cba-fapt', 'attack.epsilon', 1 / 255, 1 / 255, 1 / 255],
  ['cba-fapt', 'optimizer.learningRate', 0.0035, 0.0035, 0.0035],
  ['cba-fapt', 'optimizer.weightDecay', null, 5e-4, 5e-4],
  ['cba-fapt', 'optimizer.warmupLearningRate', null, 1e-5, 1e-5],
  ['cba-fapt', 'prompts.contextLength', 2, 2, 2],
  ['cba-fapt', 'prompts.depth', 9, 9, 9],
  ['cba-fapt', 'prompts.template', null, 'as-published', 'as-published'],
  ['cba-fapt', 'batchSize', null, 4, 4],
  ['cba-fapt', 'epochs', 10, 10, 10],
  ['cba-fapt', 'dropLast', null, true, true],
  ['cba-fapt', 'transform', null, 'squash', 'squash'],
  ['fap', 'loss.lambda', null, 1.5, 1.5],
  ['fap', 'attack.loss', null, 'kl', 'kl'],
  ['advmaple', 'attack.loss', null, 'ce', 'ce'],
  ['advmaple', 'prompts.coupling', null, 'image-to-text', 'image-to-text'],
  ['advvlp', 'prompts.template', null, 'clean', 'clean'],
  ['advvp', 'optimizer.learningRate', null, 40, 40],
  ['advvp', 'optimizer.warmupEpochs', null, 0, 0],
  ['advvp', 'prompts.contextLength', null, 5, 5],
  ['advvp', 'prompts.border', null, 30, 30],
  ['advvp', 'attack.steps', 2, 2, 2],
  ['apt', 'attack.steps', null, 3, 3],
  ['apt', 'attack.stepSize', null, 2 / 3 / 255, 2 / 3 / 255],
  ['apt', 'prompts.contextLength', null, 16, 16],
  ['apt', 'attack.prompts', null, 'onfly', 'onfly'],
  ['coop', 'optimizer.learningRate', null, 0.002, 0.002],
  ['coop', 'batchSize', null, 32, 32],
  ['coop', 'epochs', null, 200, 200],
  ['coop', 'seed', null, '1, 2, 3', null],
  ['maple', 'epochs', null, 5, 5],
  ['maple', 'model', null, 'CLIP ViT-B/16', null],
  ['tecoa', 'optimizer.weightDecay', null, 0, 0],
  ['tecoa', 'batchSize', null, 256, 4],
  ['tecoa', 'prompts.contextLength', null, 10, 10],
  ['tecoa', 'prompts.template', null, 'tecoa', 'tecoa'],
  ['tga', 'loss.refine', null, 0.08, 0.08],
  ['tga', 'loss.constrain', null, 0.05, 0.05],
  ['tga', 'optimizer.learningRate', null, 1e-4, 0.0035],
  ['tga', 'batchSize', null, 128, 4],
];

describe('values and their sources', () => {
  it.each(spots)('%s %s: paper %s, code %s, default %s', (method, path, paper, code, ours) => {
    const option = optionOf(method, path);
    for (const [actual, wanted] of [
      [option?.paper, paper],
      [option?.code, code],
      [option?.default, ours],
    ]) {
      if (typeof wanted === 'number') expect(actual).toBeCloseTo(wanted, 12);
      else expect(actual).toBe(wanted);
    }
  });

  it('a paper that does not run a method states nothing of it', () => {
    for (const method of ['coop', 'vpt', 'maple', 'tecoa', 'tga'] as const) {
      for (const { path, paper } of optionsOf(method))
        expect(paper, `${method} ${path}`).toBeNull();
    }
  });
});

describe('evaluation options', () => {
  const rowOf = (method: MethodName, path: string) =>
    evaluationOptionsOf(method).find((option) => option.path === path);

  it('cover every setting of the attack', () => {
    const paths = evaluationOptionsOf('advvp').map(({ path }) => path);
    expect(paths.toSorted()).toEqual(Object.keys(evaluationAttackSchema.shape).toSorted());
    expect(rowOf('advvp', 'steps')).toMatchObject({ paper: 100, code: 100, default: 100 });
    expect(rowOf('fap', 'epsilon')).toMatchObject({ paper: null, code: 1 / 255 });
    expect(rowOf('fap', 'subset')?.default).toBe('all');
  });

  it("tell AdvVP's published test apart", () => {
    expect(rowOf('advvp', 'frame')).toMatchObject({ code: 'attack-only', default: 'always' });
    expect(rowOf('tecoa', 'frame')?.code).toBe('always');
    expect(rowOf('fap', 'frame')).toBeUndefined();
    expect(rowOf('apt', 'stepSize')?.code).toBeCloseTo(0.25 / 255, 12);
  });
});
