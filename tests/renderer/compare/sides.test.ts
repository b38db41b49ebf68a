import { describe, expect, it } from 'vitest';
import {
  counterpartOf,
  optionOf,
  sideOptions,
  sidesOfRuns,
  suggestPair,
} from '../../../src/renderer/compare/sides.ts';
import type { RunGroup } from '../../../src/shared/api/runs.ts';

type Change = Partial<Omit<RunGroup, 'runs'>> & { seeds?: number[] };

function group(method: RunGroup['method'], { seeds = [1, 2], ...rest }: Change = {}): RunGroup {
  return {
    key: method,
    method,
    dataset: 'pets',
    model: 'clip',
    shots: 16,
    runs: seeds.map((seed) => ({ id: `${method}-${seed}`, seed, status: 'finished' })),
    natural: { n: seeds.length, mean: 0.5, std: null, images: 10 },
    robust: null,
    newestAt: 1,
    ...rest,
  };
}

describe('what can stand on a side', () => {
  it('is all seeds of a configuration, then each run of it, by seed', () => {
    const options = sideOptions([group('fap', { seeds: [3, 1, 2] })]);
    expect(options.map(({ seed }) => seed)).toEqual([null, 1, 2, 3]);
    expect(options[0]?.runs).toEqual(['fap-1', 'fap-2', 'fap-3']);
  });

  it('is one run where there is one, and none of what was never measured', () => {
    expect(sideOptions([group('fap', { seeds: [1] })]).map(({ seed }) => seed)).toEqual([1]);
    expect(sideOptions([group('fap', { natural: null })])).toEqual([]);
    const failed = group('fap', { seeds: [1] });
    failed.runs[0] = { id: 'x', seed: 1, status: 'failed' };
    expect(sideOptions([failed])).toEqual([]);
  });

  it('holds a seed that was run twice once, by its newest run', () => {
    const again = group('fap', { seeds: [1, 2] });
    again.runs = [{ id: 'newer', seed: 1, status: 'finished' }, ...again.runs];
    expect(sideOptions([again])[0]?.runs).toEqual(['newer', 'fap-2']);
  });

  it('is found by its runs in any order', () => {
    const options = sideOptions([group('fap')]);
    expect(optionOf(options, ['fap-2', 'fap-1'])?.seed).toBeNull();
    expect(optionOf(options, ['fap-2'])?.seed).toBe(2);
    expect(optionOf(options, ['gone'])).toBeNull();
  });
});

describe('a pair to begin with', () => {
  it('is CBA-FAPT against FAP, newest or not', () => {
    const pair = suggestPair([
      group('coop', { newestAt: 9 }),
      group('zero-shot', { newestAt: 8 }),
      group('fap'),
      group('cba-fapt'),
    ]);
    expect([pair?.a.group.method, pair?.b.group.method]).toEqual(['fap', 'cba-fapt']);
  });

  it('is of one dataset and one number of shots, which zero-shot does not have', () => {
    expect(suggestPair([group('fap', { dataset: 'cars' }), group('cba-fapt')])).toBeNull();
    expect(suggestPair([group('fap', { shots: 4 }), group('cba-fapt')])).toBeNull();
    const pair = suggestPair([group('zero-shot', { shots: 1 }), group('cba-fapt')]);
    expect(pair?.a.group.method).toBe('zero-shot');
  });

  it('for a chosen seed is the base with that seed', () => {
    const groups = [group('fap'), group('cba-fapt')];
    const chosen = optionOf(sideOptions(groups), ['cba-fapt-2']);
    if (!chosen) throw new Error('no such option');
    expect(counterpartOf(groups, chosen)?.runs).toEqual(['fap-2']);
  });
});

describe('chosen rows', () => {
  const run = (id: string, method: RunGroup['method']) => ({ id, method, group: method });

  it('are two sides when they are two, the base as A', () => {
    expect(sidesOfRuns([run('x', 'cba-fapt'), run('y', 'fap')])).toEqual({ a: ['y'], b: ['x'] });
    expect(sidesOfRuns([run('x', 'fap'), run('y', 'fap')])).toEqual({ a: ['x'], b: ['y'] });
  });

  it('are two sides when they are of two configurations, and none otherwise', () => {
    const four = [run('1', 'cba-fapt'), run('2', 'fap'), run('3', 'cba-fapt'), run('4', 'fap')];
    expect(sidesOfRuns(four)).toEqual({ a: ['2', '4'], b: ['1', '3'] });
    expect(sidesOfRuns([...four, run('5', 'coop')])).toBeNull();
    expect(sidesOfRuns([run('1', 'fap')])).toBeNull();
  });
});
