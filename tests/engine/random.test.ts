import { describe, expect, test } from 'vitest';
import { normal, permutation, stream, uniform } from '../../src/engine/random.ts';

const first = (...name: (string | number)[]) => stream(...name).getrandbits(32);

describe('stream', () => {
  // Recorded: a change here changes every stored run.
  test('first draws of named streams', () => {
    expect(first(1, 'order', 1)).toBe(RECORDED.order);
    expect(first(1, 'training-attack', 1, 'cat/1.png')).toBe(RECORDED.attack);
    expect([...uniform(stream(2, 'x'), 3, -1, 1)]).toEqual(RECORDED.uniform.map(Math.fround));
    expect([...normal(stream(2, 'x'), 3, 1)]).toEqual(RECORDED.normal.map(Math.fround));
    expect(permutation(stream(1, 'order', 1), 8)).toEqual(RECORDED.permutation);
  });

  test('the same name gives the same draws, any other name others', () => {
    const names: (string | number)[][] = [
      [1, 'order', 1],
      [2, 'order', 1],
      [1, 'order', 2],
      [1, 'order', '1'],
      ['1', 'order', 1],
      [1, 'order1'],
      [1, 'order', 1, ''],
      [1, 'or', 'der', 1],
      [11, 'order'],
    ];
    expect(names.map((name) => first(...name))).toEqual(names.map((name) => first(...name)));
    expect(new Set(names.map((name) => first(...name))).size).toBe(names.length);
  });

  test('what was drawn elsewhere does not matter', () => {
    const other = stream(1, 'a');
    for (let i = 0; i < 1000; i += 1) other.random();
    expect(first(1, 'b')).toBe(stream(1, 'b').getrandbits(32));
  });
});

describe('draws', () => {
  test('uniform ones fill the interval evenly and stay inside', () => {
    const values = uniform(stream(3, 'uniform'), 20_000, -0.25, 0.75);
    expect(Math.min(...values)).toBeGreaterThanOrEqual(-0.25);
    expect(Math.max(...values)).toBeLessThanOrEqual(0.75);
    // Deviation of the mean is 1 / sqrt(12 * 20000) = 0.002.
    expect(values.reduce((a, b) => a + b) / values.length).toBeCloseTo(0.25, 2);
    const low = values.filter((v) => v < 0).length / values.length;
    expect(Math.abs(low - 0.25)).toBeLessThan(0.02);
  });

  test('of zero width are all the same', () => {
    expect([...uniform(stream(3, 'flat'), 3, 0, 0)]).toEqual([0, 0, 0]);
  });

  test('normal ones have the deviation asked for, in odd counts too', () => {
    const values = [...normal(stream(3, 'normal'), 20_001, 0.02)];
    const mean = values.reduce((a, b) => a + b) / values.length;
    const deviation = Math.sqrt(values.reduce((s, v) => s + (v - mean) ** 2, 0) / values.length);
    expect(Math.abs(mean)).toBeLessThan(0.0006);
    expect(Math.abs(deviation / 0.02 - 1)).toBeLessThan(0.03);
    expect(values.every(Number.isFinite)).toBe(true);
    // Within one deviation: 68.3 %.
    const within = values.filter((v) => Math.abs(v) < 0.02).length / values.length;
    expect(Math.abs(within - 0.683)).toBeLessThan(0.02);
  });

  test('a permutation has every number once, and all orders of 3 come about equally often', () => {
    const order = permutation(stream(4, 'order'), 100);
    expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, i) => i));
    expect(order).not.toEqual([...order].sort((a, b) => a - b));
    expect(permutation(stream(4, 'none'), 0)).toEqual([]);
    expect(permutation(stream(4, 'one'), 1)).toEqual([0]);
    const counts = new Map<string, number>();
    for (let i = 0; i < 1200; i += 1) {
      const key = permutation(stream(4, 'count', i), 3).join();
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    expect(counts.size).toBe(6);
    // 200 each, deviation 12.9.
    for (const count of counts.values()) expect(Math.abs(count - 200)).toBeLessThan(65);
  });
});

/** By CPython's own generator, seeded with the SHA-256 of the name as JSON. */
const RECORDED = {
  order: 1742993406,
  attack: 268105389,
  uniform: [0.2740533565076855, 0.6624571295453929, -0.2525237884651286],
  normal: [0.6954707811622773, -1.2422448530825907, -0.6297136179660603],
  permutation: [7, 3, 5, 2, 4, 0, 1, 6],
};
