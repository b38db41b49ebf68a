import { copyFile, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startBackend } from '../../../src/engine/backend/start-backend.ts';
import { check } from '../../../src/engine/check/check.ts';
import type { Sabotage } from '../../../src/engine/check/check-method.ts';
import { mismatchShare, relativeError } from '../../../src/engine/check/errors.ts';
import {
  openSafetensors,
  type TensorData,
  writeSafetensors,
} from '../../../src/engine/clip/safetensors.ts';
import { klDivergence } from '../../../src/engine/methods/losses.ts';
import {
  adversarialOf,
  cleanOf,
  type LossTerm,
  type Method,
} from '../../../src/engine/methods/method.ts';
import { type CheckReport, checkReportSchema } from '../../../src/shared/engine-contract.ts';
import { GOLDEN_FOLDER } from '../support/golden.ts';

let folder: string;
beforeAll(async () => {
  await startBackend({ threads: 1 });
  folder = await mkdtemp(join(tmpdir(), 'fapt-check-'));
});
afterAll(() => rm(folder, { recursive: true }));

type Cases = Record<string, TensorData>;
type Json = { methods: Record<string, unknown> };

async function goldenTensors(): Promise<Cases> {
  const file = await openSafetensors(join(GOLDEN_FOLDER, 'cases.safetensors'));
  const tensors: Cases = {};
  for (const [name, { shape, dtype }] of file.entries) {
    const values = await file.read(name);
    tensors[name] = { shape, data: dtype === 'I32' ? Int32Array.from(values) : values };
  }
  await file.close();
  return tensors;
}

/** A golden folder of only some methods, its tensors and settings changed. */
async function changedGolden(
  methods: string[],
  changeTensors: (tensors: Cases) => void = () => {},
  changeJson: (json: Json) => void = () => {},
): Promise<string> {
  const path = await mkdtemp(join(folder, 'golden-'));
  await symlink(join(GOLDEN_FOLDER, 'hf'), join(path, 'hf'));
  const json = JSON.parse(await readFile(join(GOLDEN_FOLDER, 'cases.json'), 'utf8')) as Json;
  json.methods = Object.fromEntries(methods.map((name) => [name, json.methods[name]]));
  changeJson(json);
  await writeFile(join(path, 'cases.json'), JSON.stringify(json));
  const tensors = await goldenTensors();
  changeTensors(tensors);
  await writeSafetensors(join(path, 'cases.safetensors'), tensors);
  return path;
}

const only: Record<string, string> = {};
/** One method alone, without the second form of the token map, which costs as much again. */
async function goldenOf(method: string): Promise<string> {
  only[method] ??= await changedGolden(
    [method],
    () => {},
    (json) => {
      const { terms } = json.methods[method] as { terms: Record<string, number> };
      delete terms.taa_magnitude;
    },
  );
  return only[method];
}

async function sabotaged(method: string, sabotage: Sabotage): Promise<CheckReport> {
  return check({ folder: await goldenOf(method), out: null }, sabotage);
}

const withTerms = (change: (terms: LossTerm[]) => LossTerm[]) => ({
  method: (method: Method): Method => ({
    ...method,
    terms: (context) => change(method.terms(context)),
  }),
});

describe('the engine as it is', () => {
  let report: CheckReport;
  let out: string;
  beforeAll(async () => {
    out = join(folder, 'computed.safetensors');
    report = await check({ folder: GOLDEN_FOLDER, out });
  });

  test('passes every method', () => {
    expect(report.failures).toEqual([]);
    expect(report.ok).toBe(true);
    expect(Object.keys(report.methods)).toEqual([
      'zero-shot',
      'coop',
      'apt',
      'vpt',
      'advvp',
      'advvlp',
      'maple',
      'advmaple',
      'fap',
      'cba-fapt',
      'cba-fapt-strong',
    ]);
    expect(report.skipped).toEqual([]);
    expect(() => checkReportSchema.parse(report)).not.toThrow();
  });

  test('compares every term and every parameter', () => {
    const strong = report.methods['cba-fapt-strong'];
    expect(Object.keys(strong?.terms ?? {}).sort()).toEqual(
      ['adv', 'nat', 'taa', 'taa_magnitude', 'vaa'].sort(),
    );
    const parameters = Object.keys(strong?.gradients ?? {});
    expect(parameters).toHaveLength(9);
    expect(Object.keys(strong?.changeAfterThreeSteps ?? {})).toEqual(parameters);
    for (const term of ['nat', 'adv', 'vaa', 'taa', 'taa_magnitude']) {
      expect(Object.keys(strong?.termGradients[term] ?? {}), term).toEqual(parameters);
    }
  });

  test('--out holds what it computed under the golden keys and shapes', async () => {
    const golden = await goldenTensors();
    const file = await openSafetensors(out);
    const methods = Object.keys(report.methods);
    const wanted = Object.keys(golden).filter(
      (key) => methods.some((method) => key.startsWith(`${method}/`)) && !key.includes('/init/'),
    );
    // Gradients of a term that a parameter does not reach are 0, and not in the golden file.
    const missing = wanted.filter((key) => !file.entries.has(key));
    expect(missing).toEqual([]);
    for (const key of wanted) {
      expect(file.entries.get(key)?.shape, key).toEqual(golden[key]?.shape);
    }
    const logits = await file.read('fap/logits_clean');
    const { data } = golden['fap/logits_clean'] as TensorData;
    expect(relativeError(logits, data as Float32Array)).toBeLessThan(1e-5);
    await file.close();
  });

  test('leaves no tensor behind', async () => {
    const path = await goldenOf('advmaple');
    const before = tf.memory().numTensors;
    await check({ folder: path, out: null });
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('cba-fapt fails', () => {
  test.each(['nat', 'adv', 'vaa', 'taa'])('without its term %s', async (dropped) => {
    const { ok, failures } = await sabotaged(
      'cba-fapt',
      withTerms((terms) => terms.filter((term) => term.name !== dropped)),
    );
    expect(ok).toBe(false);
    expect(failures.join(' ')).toContain(`term ${dropped}`);
  });
});

describe('cba-fapt-strong fails', () => {
  test.each(['nat', 'adv', 'vaa', 'taa'])('when %s is shown but not added', async (ignored) => {
    const { ok, failures } = await sabotaged(
      'cba-fapt-strong',
      withTerms((terms) =>
        terms.map((term) => (term.name === ignored ? { ...term, weight: 0 } : term)),
      ),
    );
    expect(ok).toBe(false);
    expect(failures.join(' ')).toMatch(/loss is off/);
    expect(failures.join(' ')).toMatch(/: gradient of (text|visual|project)/);
  });

  test.each(['image', 'text'] as const)('with its %s map zeroed', async (which) => {
    const { ok, failures } = await sabotaged('cba-fapt-strong', {
      attribution: (map, of) => (of === which ? tf.zerosLike(map) : map),
    });
    expect(ok).toBe(false);
    expect(failures).toEqual([expect.stringMatching(which === 'image' ? /Image/ : /Text/)]);
  });

  test('without weight decay', async () => {
    const { ok, failures } = await sabotaged('cba-fapt-strong', { weightDecay: 0 });
    expect(ok).toBe(false);
    for (const failure of failures) expect(failure).toMatch(/change of/);
  });
});

describe('fap fails', () => {
  test('without the cosine factor', async () => {
    const plainKl = (method: Method): Method => ({
      ...method,
      terms: (context) =>
        method.terms(context).map((term) =>
          term.name === 'adv'
            ? {
                ...term,
                value: tf.mean(
                  klDivergence(cleanOf(context).logits, adversarialOf(context).logits),
                ) as tf.Scalar,
              }
            : term,
        ),
    });
    const { ok, failures } = await sabotaged('fap', { method: plainKl });
    expect(ok).toBe(false);
    expect(failures.join(' ')).toContain('term adv');
  });
});

describe('a hole in the golden file can never pass', () => {
  test('values that are missing or no numbers fail one by one, in a report that can be sent', async () => {
    const path = await changedGolden(['fap'], (tensors) => {
      for (const key of [
        'fap/logits_clean',
        'fap/A_t_adv',
        'fap/grad/text.0',
        'fap/grad_adv/visual.1',
        'fap/change3/project.2.bias',
      ]) {
        expect(tensors[key]).toBeDefined();
        delete tensors[key];
      }
      (tensors['fap/text_features']?.data as Float32Array)[3] = Number.NaN;
    });
    const report = await check({ folder: path, out: null });
    expect(report.ok).toBe(false);
    const what = report.failures.map((failure) => /^fap: (.*) is off/.exec(failure)?.[1]);
    expect(what.sort()).toEqual([
      'attributionText',
      'change of project.2.bias',
      'gradient of adv by visual.1',
      'gradient of text.0',
      'logitsClean',
      'textFeatures',
    ]);
    // The report must reach the parent process.
    expect(() => checkReportSchema.parse(report)).not.toThrow();
  });

  test.each([
    'fap/delta',
    'fap/delta20',
    'fap/logits_pgd20',
    'fap/init/text.0',
    'fap/init/project.2.bias',
  ])('without the input %s nothing can be compared', async (key) => {
    const path = await changedGolden(['fap'], (tensors) => delete tensors[key]);
    await expect(check({ folder: path, out: null })).rejects.toThrow(`lacks "${key}"`);
  });

  test('a loss that is not recorded', async () => {
    const path = await changedGolden(
      ['fap'],
      () => {},
      (json) => {
        delete (json.methods.fap as { loss?: number }).loss;
      },
    );
    expect((await check({ folder: path, out: null })).ok).toBe(false);
  });

  test('no method at all', async () => {
    const path = await changedGolden(
      ['coop'],
      () => {},
      (json) => {
        json.methods = { unheard: json.methods.coop as object };
      },
    );
    const report = await check({ folder: path, out: null });
    expect(report).toMatchObject({ ok: false, methods: {}, skipped: ['unheard'] });
  });

  test('a folder that is not a golden one is named', async () => {
    const path = join(folder, 'empty');
    await mkdir(path);
    await expect(check({ folder: path, out: null })).rejects.toThrow(/empty.*cases\.json/);
    await copyFile(join(GOLDEN_FOLDER, 'cases.json'), join(path, 'cases.json'));
    await expect(check({ folder: path, out: null })).rejects.toThrow(/cases\.safetensors/);
  });
});

describe('relativeError and mismatchShare', () => {
  const f = (...values: number[]) => Float32Array.from(values);

  test('largest distance over the largest golden value', () => {
    expect(relativeError(f(1, -3.5), f(1, -4))).toBeCloseTo(0.125, 6);
    expect(relativeError(f(0.5), f(0))).toBe(0.5);
    expect(relativeError(f(), f())).toBe(0);
  });

  test.each<[string, Float32Array, Float32Array | undefined]>([
    ['no golden value', f(1), undefined],
    ['another size', f(1), f(1, 2)],
    ['NaN', f(Number.NaN), f(1)],
    ['golden infinity', f(1), f(Number.POSITIVE_INFINITY)],
  ])('%s is as wrong as can be', (_, ours, golden) => {
    expect(relativeError(ours, golden)).toBeGreaterThan(1e6);
    expect(mismatchShare(ours, golden)).toBe(1);
  });

  test('share of values that differ by more than a thousandth', () => {
    expect(mismatchShare(f(1, 1, 1, 1), f(1, 1.0001, 1.1, 1))).toBe(0.25);
    expect(mismatchShare(f(Number.NaN, 1), f(1, 1))).toBe(0.5);
  });
});
