/**
 * Whether training grows: tensors and memory of the process after 100 and after all iterations.
 *
 *   node bench/growth.ts [--model resources/demo/model] [--iterations 1000]
 */
import { parseArgs } from 'node:util';
import * as tf from '@tensorflow/tfjs-core';
import { startBackend } from '../src/engine/backend/start-backend.ts';
import { bench } from '../src/engine/bench/bench.ts';

const { values } = parseArgs({
  options: {
    model: { type: 'string', default: 'resources/demo/model' },
    iterations: { type: 'string', default: '1000' },
    classes: { type: 'string', default: '15' },
  },
});
await startBackend();
const run = async (iterations: number) => {
  const report = await bench({
    kind: 'train',
    model: { path: values.model },
    method: 'cba-fapt',
    classes: Number(values.classes),
    batch: 4,
    iterations,
    profile: false,
  });
  const { numTensors } = tf.memory();
  const rss = process.memoryUsage().rss / 1e6;
  console.log(
    `${iterations} iterations: ${numTensors} tensors, ${rss.toFixed(0)} MB, ${report.secondsPerIteration?.toFixed(4)} s an iteration`,
  );
  return rss;
};
await run(20);
const early = await run(100);
const late = await run(Number(values.iterations));
console.log(`growth ${((100 * (late - early)) / early).toFixed(1)} %`);
