import type { EvaluationAttack } from '../../shared/attack.ts';
import type { Warning } from '../../shared/results.ts';
import { FEWEST_CLASSES, hasTooFewClasses } from './objective.ts';

/** What a person should know of an attack before its numbers; told once an evaluation. */
export function attackWarnings(attack: EvaluationAttack, classes: number): Warning[] {
  if (attack.name === 'none') return [];
  if (classes === 1) {
    const message =
      'There is only one class, so that no attack can change a prediction: the images were left as they are.';
    return [{ code: 'attack-one-class', message }];
  }
  return [...lossWarnings(attack, classes), ...startWarnings(attack)];
}

function lossWarnings({ name, loss }: EvaluationAttack, classes: number): Warning[] {
  if (!['pgd', 'apgd', 'autoattack'].includes(name)) return [];
  const climbed = name === 'autoattack' ? 'dlr-targeted' : loss;
  if (!hasTooFewClasses(climbed, classes)) return [];
  const title = climbed === 'dlr' ? 'DLR' : 'targeted DLR';
  const message = `The ${title} loss needs ${FEWEST_CLASSES[climbed]} classes and there are only ${classes}: the attack used the margin loss instead.`;
  return [{ code: 'attack-too-few-classes', message }];
}

function startWarnings({ name, loss, randomStart, restarts }: EvaluationAttack): Warning[] {
  if ((name !== 'pgd' && name !== 'apgd') || randomStart) return [];
  const warnings: Warning[] = [];
  if (loss === 'kl') {
    const message =
      'The KL loss is flat at the clean image, so that the attack cannot leave it without a random start: turn the random start on, or take another loss.';
    warnings.push({ code: 'attack-flat-start', message });
  }
  if (restarts > 1) {
    const message = `Without a random start all ${restarts} restarts are the same, so the attack ran once.`;
    warnings.push({ code: 'attack-restarts-repeat', message });
  }
  return warnings;
}
