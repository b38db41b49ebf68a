/**
 * MT19937 (Matsumoto and Nishimura 1998) as CPython's `random` module drives it, so that one seed
 * picks the same few-shot images here as in published code, which calls `random.seed(seed)` and
 * `random.sample`. Rules of `getrandbits`, `random`, `randbelow` and `sample`: CPython 3.11,
 * Modules/_randommodule.c and Lib/random.py.
 */

const SIZE = 624;
const MIDDLE = 397;
const STATE_LENGTH = SIZE + 1;

export class MersenneTwister {
  readonly #words = new Uint32Array(SIZE);
  #index = SIZE;

  /** A number seeds as `random.seed(number)` does (an integer; its sign is dropped); an array is the key of `init_by_array`. */
  constructor(key: Uint32Array | number) {
    this.#initByArray(typeof key === 'number' ? keyOfInteger(key) : key);
  }

  /** `k` random bits as an integer, 0 <= k <= 53; the first 32 bits drawn are the low ones. */
  getrandbits(k: number): number {
    if (!Number.isInteger(k) || k < 0 || k > 53) {
      throw new RangeError(`getrandbits wants 0 to 53 bits, got ${k}`);
    }
    if (k === 0) return 0;
    if (k <= 32) return this.#next() >>> (32 - k);
    const low = this.#next();
    const high = this.#next() >>> (64 - k);
    return high * 2 ** 32 + low;
  }

  /** A float in [0, 1) with 53 bits. */
  random(): number {
    const high = this.#next() >>> 5;
    const low = this.#next() >>> 6;
    return (high * 67_108_864 + low) / 9_007_199_254_740_992;
  }

  /** An integer in [0, n), by rejection: `_randbelow_with_getrandbits`. */
  randbelow(n: number): number {
    if (!Number.isSafeInteger(n) || n < 1) {
      throw new RangeError(`randbelow wants a positive integer, got ${n}`);
    }
    const bits = bitLength(n);
    let value = this.getrandbits(bits);
    while (value >= n) value = this.getrandbits(bits);
    return value;
  }

  /** Fills `out` as one `randbelow(n)` after the other would, n < 2^32; for millions of draws. */
  fillBelow(n: number, out: Uint32Array): void {
    if (!Number.isInteger(n) || n < 1 || n >= 2 ** 32) {
      throw new RangeError(`fillBelow wants a positive integer below 2^32, got ${n}`);
    }
    const shift = Math.clz32(n);
    let filled = 0;
    while (filled < out.length) {
      if (this.#index >= SIZE) this.#twist();
      const value = temper(word(this.#words, this.#index)) >>> shift;
      this.#index += 1;
      out[filled] = value;
      // What is too large is overwritten by the next draw.
      if (value < n) filled += 1;
    }
  }

  /** `random.sample(items, k)`: k distinct positions in the order drawn. Throws where k > n. */
  sample<T>(items: readonly T[], k: number): T[] {
    const n = items.length;
    if (!Number.isInteger(k) || k < 0 || k > n) {
      throw new RangeError(`sample of ${k} wanted from ${n} items`);
    }
    return n <= poolLimit(k) ? this.#sampleFromPool(items, k) : this.#sampleBySet(items, k);
  }

  /** The whole state, 624 words and the position; `restore` continues the stream from it. */
  state(): Uint32Array {
    const state = new Uint32Array(STATE_LENGTH);
    state.set(this.#words);
    state[SIZE] = this.#index;
    return state;
  }

  /** Takes over a state that `state()` returned. */
  restore(state: Uint32Array): void {
    const index = state[SIZE];
    if (state.length !== STATE_LENGTH || index === undefined || index > SIZE) {
      throw new RangeError(`a generator state has ${STATE_LENGTH} words, got ${state.length}`);
    }
    this.#words.set(state.subarray(0, SIZE));
    this.#index = index;
  }

  #sampleFromPool<T>(items: readonly T[], k: number): T[] {
    const pool = [...items];
    const result: T[] = [];
    for (let i = 0; i < k; i += 1) {
      const last = pool.length - i - 1;
      const j = this.randbelow(pool.length - i);
      result.push(pool[j] as T);
      // The last free item moves into the vacancy.
      pool[j] = pool[last] as T;
    }
    return result;
  }

  #sampleBySet<T>(items: readonly T[], k: number): T[] {
    const selected = new Set<number>();
    while (selected.size < k) selected.add(this.randbelow(items.length));
    return [...selected].map((j) => items[j] as T);
  }

  #initGenrand(seed: number): void {
    const words = this.#words;
    words[0] = seed;
    for (let i = 1; i < SIZE; i += 1) {
      const previous = word(words, i - 1);
      words[i] = Math.imul(1_812_433_253, previous ^ (previous >>> 30)) + i;
    }
  }

  #initByArray(key: Uint32Array): void {
    if (key.length === 0) throw new RangeError('a generator key has at least one word');
    const words = this.#words;
    this.#initGenrand(19_650_218);
    let i = 1;
    let j = 0;
    const step = (multiplier: number, addend: number): void => {
      const previous = word(words, i - 1);
      words[i] = (word(words, i) ^ Math.imul(previous ^ (previous >>> 30), multiplier)) + addend;
      i += 1;
      if (i >= SIZE) {
        words[0] = word(words, SIZE - 1);
        i = 1;
      }
    };
    for (let k = Math.max(SIZE, key.length); k > 0; k -= 1) {
      step(1_664_525, word(key, j) + j);
      j = (j + 1) % key.length;
    }
    for (let k = SIZE - 1; k > 0; k -= 1) step(1_566_083_941, -i);
    words[0] = 0x8000_0000;
    this.#index = SIZE;
  }

  #next(): number {
    if (this.#index >= SIZE) this.#twist();
    const value = temper(word(this.#words, this.#index));
    this.#index += 1;
    return value;
  }

  #twist(): void {
    const words = this.#words;
    for (let i = 0; i < SIZE; i += 1) {
      const next = i + 1 < SIZE ? i + 1 : 0;
      const middle = i + MIDDLE < SIZE ? i + MIDDLE : i + MIDDLE - SIZE;
      const y = (word(words, i) & 0x8000_0000) | (word(words, next) & 0x7fff_ffff);
      words[i] = word(words, middle) ^ (y >>> 1) ^ (-(y & 1) & 0x9908_b0df);
    }
    this.#index = 0;
  }
}

function temper(word: number): number {
  let y = word;
  y ^= y >>> 11;
  y ^= (y << 7) & 0x9d2c_5680;
  y ^= (y << 15) & 0xefc6_0000;
  y ^= y >>> 18;
  return y >>> 0;
}

function word(words: Uint32Array, index: number): number {
  return words[index] as number;
}

/** The 32-bit words of |seed|, low first, at least one. */
function keyOfInteger(seed: number): Uint32Array {
  if (!Number.isSafeInteger(seed)) throw new RangeError(`a seed is an integer, got ${seed}`);
  const size = Math.abs(seed);
  const high = Math.floor(size / 2 ** 32);
  return high === 0 ? Uint32Array.of(size) : Uint32Array.of(size % 2 ** 32, high);
}

function bitLength(n: number): number {
  return n < 2 ** 32 ? 32 - Math.clz32(n) : 64 - Math.clz32(Math.floor(n / 2 ** 32));
}

/** Up to this many items Python draws from a pool: 21, or 21 + 4^ceil(log4(3k)) for k > 5. */
function poolLimit(k: number): number {
  if (k <= 5) return 21;
  let size = 1;
  while (size < 3 * k) size *= 4;
  return 21 + size;
}
