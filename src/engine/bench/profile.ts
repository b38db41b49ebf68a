import * as tf from '@tensorflow/tfjs-core';

/** Time spent inside one kind of kernel. */
export type KernelTime = { kernel: string; calls: number; seconds: number; share: number };

type Engine = { runKernel: (name: string, inputs: unknown, attributes?: unknown) => unknown };

/**
 * Runs `body` and says where its time went, kernel by kernel, the largest share first; `other` is
 * what is left: this program's own JavaScript and tfjs's bookkeeping. TensorFlow runs each kernel to
 * its end before the call returns, so wall time is the kernel's time; a kernel that calls others is
 * charged for itself alone.
 */
export function profileKernels(body: () => void): KernelTime[] {
  const engine = tf.engine() as unknown as Engine;
  const original = engine.runKernel;
  const totals = new Map<string, { calls: number; seconds: number }>();
  const nested: number[] = [];
  engine.runKernel = (name, inputs, attributes) => {
    nested.push(0);
    const began = performance.now();
    try {
      return original.call(engine, name, inputs, attributes);
    } finally {
      const took = (performance.now() - began) / 1000;
      const inside = nested.pop() ?? 0;
      if (nested.length > 0) nested[nested.length - 1] = (nested.at(-1) ?? 0) + took;
      const total = totals.get(name) ?? { calls: 0, seconds: 0 };
      totals.set(name, { calls: total.calls + 1, seconds: total.seconds + took - inside });
    }
  };
  const began = performance.now();
  try {
    body();
  } finally {
    engine.runKernel = original;
  }
  return shares(totals, (performance.now() - began) / 1000);
}

function shares(
  totals: Map<string, { calls: number; seconds: number }>,
  whole: number,
): KernelTime[] {
  const rows = [...totals].map(([kernel, { calls, seconds }]) => ({ kernel, calls, seconds }));
  const known = rows.reduce((sum, { seconds }) => sum + seconds, 0);
  rows.push({ kernel: 'other', calls: 0, seconds: Math.max(0, whole - known) });
  return rows
    .sort((a, b) => b.seconds - a.seconds)
    .map((row) => ({ ...row, share: row.seconds / whole }));
}
