import { createHash } from 'node:crypto';
import type { TraceStep } from '../../shared/engine-trace.ts';
import { stepsKept } from '../../shared/kept-steps.ts';
import { normOf } from '../attacks/box-projection.ts';
import type { AttackWatch, Iterate } from '../attacks/problem.ts';
import { readRow } from '../attacks/query-images.ts';

type Kept = { step: number; values: Float32Array };
type Run = {
  steps: TraceStep[];
  /** SHA-256 of each step's perturbation. */
  hashes: string[];
  kept: Kept[];
  last: Kept | null;
};

const emptyRun = (): Run => ({ steps: [], hashes: [], kept: [], last: null });

/** Records one image's iterates, of the restart that stands as the worst; others are forgotten. */
export class TraceRecorder implements AttackWatch {
  readonly #label: number;
  readonly #wanted: Set<number>;
  #current = emptyRun();
  #worst = emptyRun();

  /** @param size numbers of a perturbation; as many steps as fit in `maxBytes` keep theirs */
  constructor(size: number, steps: number, label: number, maxBytes: number) {
    this.#label = label;
    this.#wanted = new Set(stepsKept(steps, size * Float32Array.BYTES_PER_ELEMENT, maxBytes));
  }

  iterate({ step, logits, losses, delta }: Iterate): void {
    const run = this.#current;
    const values = delta.dataSync().slice() as Float32Array;
    const [row] = logits as [Float32Array];
    run.steps.push({
      step,
      ...readRow(row, this.#label),
      loss: losses[0] as number,
      logits: [...row],
      linf: normOf('linf', values),
      l2: normOf('l2', values),
    });
    run.hashes.push(hashOf(values));
    run.last = { step, values };
    if (this.#wanted.has(step)) run.kept.push(run.last);
  }

  runEnded(images: number[]): void {
    const { last, kept } = this.#current;
    // An attack that leaves early ends at a step that was not planned to be kept.
    if (this.#wanted.size > 0 && last && kept.at(-1) !== last) kept.push(last);
    if (images.length > 0) this.#worst = this.#current;
    this.#current = emptyRun();
  }

  get steps(): TraceStep[] {
    return this.#worst.steps;
  }

  get keptSteps(): number[] {
    return this.#worst.kept.map(({ step }) => step);
  }

  keptValues(): Float32Array[] {
    return this.#worst.kept.map(({ values }) => values);
  }

  /** The step at which the perturbation was this one, bit for bit; null where it never was. */
  stepOf(answer: Float32Array): number | null {
    // An attack that stands still is where it ended.
    const place = this.#worst.hashes.lastIndexOf(hashOf(answer));
    return this.#worst.steps[place]?.step ?? null;
  }
}

function hashOf({ buffer, byteOffset, byteLength }: Float32Array): string {
  return createHash('sha256')
    .update(new Uint8Array(buffer, byteOffset, byteLength))
    .digest('hex');
}
