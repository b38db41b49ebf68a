import { describe, expect, test } from 'vitest';
import { boxProjection } from '../../../src/engine/attacks/box-projection.ts';
import { stream, uniform } from '../../../src/engine/random.ts';

type Norm = 'linf' | 'l2';

function project(norm: Norm, point: number[], w: number[], value: number) {
  const move = new Float32Array(point.length);
  const onHyperplane = boxProjection(norm, point.length);
  const size = onHyperplane(Float32Array.from(point), Float32Array.from(w), value, move);
  return { move: [...move], size };
}

function expectMove(actual: { move: number[]; size: number }, move: number[], size: number): void {
  for (const [i, d] of actual.move.entries()) expect(d).toBeCloseTo(move[i] as number, 6);
  expect(actual.size).toBeCloseTo(size, 6);
}

describe('by hand, from (0.5, 0.5, 0.9) along w = (1, -2, 1)', () => {
  const [point, w] = [
    [0.5, 0.5, 0.9],
    [1, -2, 1],
  ];

  test('l-inf: the third pixel stops at 1, the others share the rest: 3 mu + 0.1 = 1', () => {
    expectMove(project('linf', point, w, -1), [0.3, -0.3, 0.1], 0.3);
  });

  test('l2: moves are mu |w|: 5 mu + 0.1 = 1', () => {
    const size = Math.hypot(0.18, 0.36, 0.1);
    expectMove(project('l2', point, w, -1), [0.18, -0.36, 0.1], size);
  });

  test('from the other side the moves turn round; no wall is in the way', () => {
    expectMove(project('linf', point, w, 1), [-0.25, 0.25, -0.25], 0.25);
    expectMove(project('l2', point, w, 1), [-1 / 6, 1 / 3, -1 / 6], 1 / Math.sqrt(6));
  });

  test.each<Norm>(['linf', 'l2'])('%s: a hyperplane beyond the box gives its corner', (norm) => {
    // All room is worth 0.5 + 2 * 0.5 + 0.1 = 1.6.
    const size = norm === 'linf' ? 0.5 : Math.hypot(0.5, 0.5, 0.1);
    expectMove(project(norm, point, w, -1.7), [0.5, -0.5, 0.1], size);
  });
});

test.each<Norm>(['linf', 'l2'])(
  '%s: a point on the hyperplane and pixels without weight stay',
  (norm) => {
    expectMove(project(norm, [0.2, 0.7], [1, -1], 0), [0, 0], 0);
    expectMove(project(norm, [0.2, 0.7], [0, 0], 3), [0, 0], 0);
    expectMove(project(norm, [0.2, 0.7, 0], [0, 1, -1], -0.2), [0, 0.2, 0], 0.2);
  },
);

/** The shortest l2 move, over all choices of which pixels sit at 0, at 1 or in between. */
function shortestL2(point: number[], w: number[], value: number): number {
  let best = Number.POSITIVE_INFINITY;
  for (let code = 0; code < 3 ** point.length; code += 1) {
    const place = point.map((_, i) => Math.floor(code / 3 ** i) % 3);
    const walls = point.map((x, i) => (place[i] === 0 ? null : place[i] === 1 ? -x : 1 - x));
    const dot = (f: (i: number) => number) => point.reduce((sum, _, i) => sum + f(i), 0);
    const rest = -value - dot((i) => (walls[i] ?? 0) * (w[i] as number));
    const squares = dot((i) => (walls[i] === null ? (w[i] as number) ** 2 : 0));
    if (squares === 0) continue;
    const d = walls.map((wall, i) => wall ?? (rest / squares) * (w[i] as number));
    const inside = d.every(
      (v, i) => v + (point[i] as number) > -1e-9 && v + (point[i] as number) < 1 + 1e-9,
    );
    if (inside) best = Math.min(best, Math.hypot(...d));
  }
  return best;
}

/** The smallest radius whose cube, cut to the box, reaches the hyperplane: by bisection. */
function shortestLinf(point: number[], w: number[], value: number): number {
  const reach = (radius: number) =>
    point.reduce((sum, x, i) => {
      const weight = (w[i] as number) * -Math.sign(value);
      return sum + Math.abs(weight) * Math.min(radius, weight > 0 ? 1 - x : x);
    }, 0);
  let [low, high] = [0, 1];
  for (let i = 0; i < 60; i += 1) {
    const middle = (low + high) / 2;
    if (reach(middle) < Math.abs(value)) low = middle;
    else high = middle;
  }
  return high;
}

test('against brute force on random points, some of their pixels at the walls', () => {
  const random = stream('box-projection');
  let compared = 0;
  for (let round = 0; round < 100; round += 1) {
    const n = 6;
    const point = [...uniform(random, n, -0.2, 1.2)].map((x) =>
      Math.fround(Math.min(Math.max(x, 0), 1)),
    );
    const w = [...uniform(random, n, -1, 1)].map((x) => Math.fround(x ** 3));
    const room = w.reduce(
      (sum, v, i) => sum + (v > 0 ? v * (1 - (point[i] as number)) : -v * (point[i] as number)),
      0,
    );
    const value = -room * random.random();
    if (room < 0.01) continue;
    expect(project('l2', point, w, value).size).toBeCloseTo(shortestL2(point, w, value), 6);
    expect(project('linf', point, w, value).size).toBeCloseTo(shortestLinf(point, w, value), 6);
    compared += 1;
  }
  expect(compared).toBeGreaterThan(90);
});

test.each<Norm>(['linf', 'l2'])(
  '%s: an image of 3 x 224 x 224 lands on the hyperplane, in the box',
  (norm) => {
    const n = 3 * 224 * 224;
    const random = stream('large');
    const point = uniform(random, n, 0, 1);
    // Weights over six orders of magnitude: thousands of pixels meet their walls.
    const w = uniform(random, n, -1, 1).map((v) => v ** 7);
    const room = w.reduce(
      (sum, v, i) => sum + (v > 0 ? v * (1 - (point[i] as number)) : -v * (point[i] as number)),
      0,
    );
    const move = new Float32Array(n);
    boxProjection(norm, n)(point, w, -0.9 * room, move);
    let gained = 0;
    let outside = 0;
    for (let i = 0; i < n; i += 1) {
      gained += (w[i] as number) * (move[i] as number);
      const x = Math.fround((point[i] as number) + (move[i] as number));
      if (x < 0 || x > 1) outside += 1;
    }
    expect(gained / room).toBeCloseTo(0.9, 6);
    expect(outside).toBe(0);
  },
);
