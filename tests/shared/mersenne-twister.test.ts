import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { MersenneTwister } from '../../src/shared/mersenne-twister.ts';

type Recorded = {
  seed: number;
  random: number[];
  later: number;
  bits: [k: number, value: number][];
  below: [n: number, value: number][];
  samples: [n: number, k: number, drawn: number[]][];
};
const { streams } = JSON.parse(
  readFileSync(new URL('../fixtures/random/python-random.json', import.meta.url), 'utf8'),
) as { streams: Recorded[] };

describe('MersenneTwister', () => {
  it.each(streams)('draws what Python 3.11 draws after random.seed($seed)', (recorded) => {
    const stream = new MersenneTwister(recorded.seed);
    expect(recorded.random.map(() => stream.random())).toEqual(recorded.random);
    for (let i = 0; i < 2000; i += 1) stream.random();
    expect(stream.random()).toBe(recorded.later);
    for (const [k, value] of recorded.bits) expect(stream.getrandbits(k)).toBe(value);
    for (const [n, value] of recorded.below) expect(stream.randbelow(n)).toBe(value);
    for (const [n, k, drawn] of recorded.samples) {
      expect(stream.sample([...Array(n).keys()], k), `sample(${n}, ${k})`).toEqual(drawn);
    }
  });

  it.each([1, 7, 64, 4000])('fills with what it draws below %i one by one', (n) => {
    const [one, other] = [new MersenneTwister(3), new MersenneTwister(3)];
    const filled = new Uint32Array(2000);
    one.fillBelow(n, filled);
    expect([...filled]).toEqual(Array.from(filled, () => other.randbelow(n)));
    expect(one.random()).toBe(other.random());
    expect(() => one.fillBelow(0, filled)).toThrow(RangeError);
  });

  it('was recorded with samples from a pool and by a set', () => {
    const sizes = streams.flatMap(({ samples }) => samples.map(([n, k]) => `${n} ${k}`));
    // 21 + 4^3 = 85 is the last pool for k = 6; 86 goes by the set.
    expect(sizes).toContain('85 6');
    expect(sizes).toContain('86 6');
  });

  it('takes the words of a key as it takes the integer they make', () => {
    const words = new MersenneTwister(Uint32Array.of(7, 256));
    expect(words.random()).toBe(new MersenneTwister(2 ** 40 + 7).random());
  });

  it('goes on from a state as if it had never stopped', () => {
    const stream = new MersenneTwister(3);
    for (let i = 0; i < 700; i += 1) stream.random();
    const state = stream.state();
    const expected = [stream.random(), stream.randbelow(10), stream.sample([1, 2, 3], 2)];
    const resumed = new MersenneTwister(99);
    resumed.restore(state);
    expect([resumed.random(), resumed.randbelow(10), resumed.sample([1, 2, 3], 2)]).toEqual(
      expected,
    );
  });

  it('refuses what has no answer', () => {
    const stream = new MersenneTwister(1);
    expect(() => stream.sample([1, 2], 3)).toThrow(RangeError);
    expect(() => stream.randbelow(0)).toThrow(RangeError);
    expect(() => stream.getrandbits(54)).toThrow(RangeError);
    expect(() => stream.restore(new Uint32Array(3))).toThrow(RangeError);
    expect(() => new MersenneTwister(new Uint32Array(0))).toThrow(RangeError);
    expect(() => new MersenneTwister(0.5)).toThrow(RangeError);
  });
});
