import type { EvaluationAttack } from '../../shared/attack.ts';
import type { Warning } from '../../shared/results.ts';
import { say } from '../../shared/sentence.ts';
import { FEWEST_CLASSES, hasTooFewClasses } from './objective.ts';

/** What a person should know of an attack before its numbers; told once an evaluation. */
export function attackWarnings(attack: EvaluationAttack, classes: number): Warning[] {
  if (attack.name === 'none') return [];
  if (classes === 1) {
    return [{ code: 'attack-one-class', message: say('warning.attack-one-class') }];
  }
  return [...lossWarnings(attack, classes), ...startWarnings(attack)];
}

function lossWarnings({ name, loss }: EvaluationAttack, classes: number): Warning[] {
  if (!['pgd', 'apgd', 'autoattack'].includes(name)) return [];
  const climbed = name === 'autoattack' ? 'dlr-targeted' : loss;
  if (!hasTooFewClasses(climbed, classes)) return [];
  const title = climbed === 'dlr' ? 'DLR' : 'targeted DLR';
  const least = FEWEST_CLASSES[climbed] ?? 0;
  const message = say('warning.attack-too-few-classes', { loss: title, least, n: classes });
  return [{ code: 'attack-too-few-classes', message }];
}

function startWarnings({ name, loss, randomStart, restarts }: EvaluationAttack): Warning[] {
  if ((name !== 'pgd' && name !== 'apgd') || randomStart) return [];
  const warnings: Warning[] = [];
  if (loss === 'kl') {
    warnings.push({ code: 'attack-flat-start', message: say('warning.attack-flat-start') });
  }
  if (restarts > 1) {
    const message = say('warning.attack-restarts-repeat', { restarts });
    warnings.push({ code: 'attack-restarts-repeat', message });
  }
  return warnings;
}
