import { FaptError } from '../../shared/errors.ts';
import type { App } from '../api/app.ts';
import { ResultCache } from './result-cache.ts';
import { filesOf, type TracedAttack } from './traced-attack.ts';

/**
 * File of the perturbation at a step of a traced attack.
 * @throws FaptError `step-unknown` for a step that is not kept
 */
export async function stepFile(
  app: App,
  { trace, name }: TracedAttack,
  step: number,
  imageSize: number,
): Promise<string> {
  const place = trace.kept.indexOf(step);
  if (place < 0) {
    const known = trace.kept.length > 0 ? describeSteps(trace.kept) : 'none';
    throw new FaptError(
      'step-unknown',
      `Step ${step} of this attack cannot be shown; its steps are ${known}.`,
    );
  }
  const cache = new ResultCache(app.workspace);
  const part = `${name}.step-${step}`;
  if (!(await cache.has(part))) {
    const bytes = 3 * imageSize * imageSize * Float32Array.BYTES_PER_ELEMENT;
    await cache.writeBytes(part, await cache.readPart(filesOf(name)[0], place * bytes, bytes));
  }
  return cache.file(part);
}

function describeSteps(kept: number[]): string {
  const [first, second, last] = [kept[0], kept[1], kept.at(-1)];
  if (kept.length < 5) return kept.join(', ');
  return `${first}, ${second}, ${kept[2]}, ... ${last}`;
}

/** File of a traced attack's answer. */
export function answerFile(app: App, { name }: TracedAttack): string {
  return new ResultCache(app.workspace).file(filesOf(name)[1]);
}
