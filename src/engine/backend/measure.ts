import * as tf from '@tensorflow/tfjs-core';

const size = 1024;
const warmUps = 2;
const runs = 9;

/** Speed of the started backend in GFLOP/s: the median of nine 1024 x 1024 float32 products. */
export async function measureGflops(): Promise<number> {
  const values = Float32Array.from({ length: size * size }, (_, i) => ((i * 7919) % 1009) / 1009);
  const a = tf.tensor2d(values, [size, size]);
  const times: number[] = [];
  for (let run = 0; run < warmUps + runs; run++) {
    const start = performance.now();
    const product = tf.matMul(a, a);
    // One element only: reading it waits for the product without timing a large copy.
    const corner = tf.slice(product, [0, 0], [1, 1]);
    await corner.data();
    if (run >= warmUps) times.push(performance.now() - start);
    tf.dispose([product, corner]);
  }
  a.dispose();
  const median = times.sort((x, y) => x - y)[Math.floor(times.length / 2)] ?? Number.NaN;
  return (2 * size ** 3) / (median * 1e6);
}
