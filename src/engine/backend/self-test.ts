import * as tf from '@tensorflow/tfjs-core';

export type SelfTestResult = { passed: boolean; failures: string[] };

type Case = { name: string; expected: number[]; run: () => tf.Tensor };

/** Ops with answers worked out by hand; a broken or ill-matched library fails here, not in a run. */
const cases: Case[] = [
  {
    name: 'matMul',
    // [[1,2],[3,4]] times its own transpose
    expected: [5, 11, 11, 25],
    run: () => {
      const a = tf.tensor2d([1, 2, 3, 4], [2, 2]);
      return tf.matMul(a, a, false, true);
    },
  },
  {
    name: 'concat',
    expected: [1, 2, 5, 3, 4, 6],
    run: () => tf.concat([tf.tensor2d([1, 2, 3, 4], [2, 2]), tf.tensor2d([5, 6], [2, 1])], 1),
  },
  {
    name: 'gradient',
    // d/dx sum((x w)^2) = 2 x w^2, with w = 3
    expected: [18, -36],
    run: () => tf.grad((x) => tf.sum(tf.square(tf.mul(x, 3))))(tf.tensor1d([1, -2])),
  },
  {
    name: 'softmax',
    expected: [0.25, 0.75],
    run: () => tf.softmax(tf.tensor1d([0, Math.log(3)])),
  },
];

/** Runs the cases on the started backend; never throws, an op that does is among the failures. */
export async function selfTest(): Promise<SelfTestResult> {
  const failures: string[] = [];
  for (const { name, expected, run } of cases) {
    try {
      const result = tf.tidy(run);
      const got = Array.from(await result.data());
      result.dispose();
      if (!isClose(got, expected)) failures.push(`${name} gave ${got}, not ${expected}`);
    } catch (error) {
      failures.push(`${name} failed: ${error instanceof Error ? error.message : error}`);
    }
  }
  return { passed: failures.length === 0, failures };
}

function isClose(got: number[], expected: number[]): boolean {
  return (
    got.length === expected.length &&
    expected.every((value, i) => Math.abs((got[i] ?? Number.NaN) - value) <= 1e-5)
  );
}
