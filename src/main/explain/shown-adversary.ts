import { readFile } from 'node:fs/promises';
import type { Explanation } from '../../shared/api/attribution.ts';
import { describeAttack } from '../../shared/attack.ts';
import { stepsKept } from '../../shared/kept-steps.ts';
import type { App } from '../api/app.ts';
import type { KnownAdversary } from './adversary.ts';
import type { Perturbation } from './attribution-for.ts';
import { imageSizeOf, type Subject } from './subject.ts';
import { answerFile } from './traced-files.ts';

/** Whose attack it is, its protocol, its steps, and how its image came here. */
export async function shownAdversary(
  app: App,
  { run, tuned }: Subject,
  { attack, evaluation, kept }: KnownAdversary,
  { source, traced }: Perturbation,
): Promise<Omit<Explanation['adversary'], 'step' | 'linf' | 'l2'>> {
  const bytes = 3 * imageSizeOf(app, run) ** 2 * Float32Array.BYTES_PER_ELEMENT;
  const planned = ['pgd', 'apgd'].includes(attack.name) ? stepsKept(attack.steps, bytes) : [];
  return {
    run: run.id,
    method: run.method,
    attack,
    protocol: describeAttack(attack),
    seed: tuned.config.seed,
    evaluation: evaluation?.id ?? null,
    steps: traced ? traced.trace.kept : planned,
    source,
    rebuiltDiffers: kept && traced ? await share(kept, answerFile(app, traced)) : null,
  };
}

/** Share of two perturbations' values that are not the same. */
async function share(a: string, b: string): Promise<number> {
  const [x, y] = (await Promise.all([readFile(a), readFile(b)])).map(
    (bytes) => new Float32Array(new Uint8Array(bytes).buffer),
  ) as [Float32Array, Float32Array];
  return x.filter((value, i) => value !== y[i]).length / x.length;
}

/** Of a perturbation: largest change of a pixel, and length over the whole image. */
export function sizesOf({ clean, adversarial }: Explanation['pixels']): {
  linf: number;
  l2: number;
} {
  let [linf, squares] = [0, 0];
  for (let i = 0; i < clean.length; i += 1) {
    const d = Math.abs((adversarial[i] as number) - (clean[i] as number));
    linf = Math.max(linf, d);
    squares += d * d;
  }
  return { linf, l2: Math.sqrt(squares) };
}
