import { type EvaluationAttack, formatSize } from '../../shared/attack.ts';

/** A piece of a sentence: a key of `protocol.json` with what is filled in. */
export type Phrase = { key: string; values: Record<string, string | number> };

/** What stands beside every accuracy: the attack, its size and steps, and how many images. */
export function protocolPhrases(attack: EvaluationAttack, n: number | null): Phrase[] {
  const phrases = attack.name === 'none' ? [phrase('attack.none')] : attackPhrases(attack);
  if (n !== null) phrases.push(phrase('images', { n }));
  return phrases;
}

type Translate = (key: string, values: Phrase['values']) => string;

/** The same in the words of a language. */
export function protocolText(attack: EvaluationAttack, n: number | null, t: Translate): string {
  return protocolPhrases(attack, n)
    .map(({ key, values }) => t(`protocol.${key}`, values))
    .join(', ');
}

function attackPhrases(attack: EvaluationAttack): Phrase[] {
  const { name, steps, restarts, loss, norm } = attack;
  const size = (value: number): string => formatSize(norm, value);
  const phrases = [
    phrase(`attack.${name}`, { steps, loss }),
    phrase(norm === 'l2' ? 'epsilonL2' : 'epsilon', { epsilon: size(attack.epsilon) }),
  ];
  if (name === 'pgd') phrases.push(phrase('step', { step: size(attack.stepSize) }));
  phrases.push(phrase('restarts', { n: restarts }));
  if (!attack.randomStart) phrases.push(phrase('noRandomStart'));
  if (attack.iterate === 'best') phrases.push(phrase('bestIterate'));
  if (attack.stopWhenFooled) phrases.push(phrase('anyStep'));
  if (attack.source) phrases.push(phrase('source', { run: attack.source }));
  if (attack.frame === 'attack-only') phrases.push(phrase('frame'));
  return phrases;
}

function phrase(key: string, values: Phrase['values'] = {}): Phrase {
  return { key, values };
}
