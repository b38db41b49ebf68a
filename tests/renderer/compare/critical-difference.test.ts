import { describe, expect, it } from 'vitest';
import { cliques, ranked } from '../../../src/renderer/compare/critical-difference.ts';

describe('average ranks', () => {
  const methods = ranked(['a', 'b', 'c', 'd'], [3.5, 1, 2, 3.4]);

  it('stand best first', () => {
    expect(methods.map(({ name }) => name)).toEqual(['b', 'c', 'd', 'a']);
  });

  it('are joined where they lie within the critical difference, by the widest bars', () => {
    expect(cliques(methods, 1.2)).toEqual([
      { from: 0, to: 1 },
      { from: 2, to: 3 },
    ]);
    expect(cliques(methods, 1.6)).toEqual([
      { from: 0, to: 1 },
      { from: 1, to: 3 },
    ]);
    expect(cliques(methods, 9)).toEqual([{ from: 0, to: 3 }]);
    expect(cliques(methods, 0.05)).toEqual([]);
  });
});
