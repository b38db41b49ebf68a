import type { EvaluationAttack } from '../../shared/attack.ts';
import type { Attribution } from '../../shared/engine-contract.ts';
import { adversaryOf } from '../explain/adversary.ts';
import { attributionFor, perturbationOf } from '../explain/attribution-for.ts';
import { openImage } from '../explain/explained-image.ts';
import { imageSizeOf, subjectOf } from '../explain/subject.ts';
import type { RunRow } from '../store/runs.ts';
import type { App } from './app.ts';

/**
 * The engine's own maps of one test image and its class, clean and under an attack on the run, as a
 * report draws them.
 * @param attack null: the run's newest
 */
export async function attributionOf(
  app: App,
  run: RunRow,
  example: string,
  attack: EvaluationAttack | null,
): Promise<{ attribution: Attribution; label: number }> {
  const image = await openImage(app, run, { from: 'test', example });
  const subject = await subjectOf(app, run, image, null);
  const known = adversaryOf(app, subject, attack);
  const found = await perturbationOf(app, subject, known, null, imageSizeOf(app, run));
  const { attribution } = await attributionFor(app, subject, found, null);
  return { attribution, label: subject.example.label };
}
