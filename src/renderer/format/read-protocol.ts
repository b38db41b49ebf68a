import { patternOf } from '../../shared/read-sentence.ts';
import english from '../locales/en/protocol.json' with { type: 'json' };
import type { Phrase } from './protocol.ts';

const { attack, ...others } = english;
const PATTERNS = [
  ...Object.entries(attack).map(([name, text]) => [`attack.${name}`, text] as const),
  ...Object.entries(others),
].flatMap(([key, text]) =>
  // Both forms of a plural.
  text.split(' | ').map((form) => ({ key, pattern: patternOf(form) })),
);

/** A protocol that came as text, phrase by phrase; what is no phrase of one stays as it is. */
export function readProtocol(text: string): (Phrase | string)[] {
  return text.split(/, (?![^(]*\))/).map((piece) => {
    for (const { key, pattern } of PATTERNS) {
      const found = pattern.exec(piece);
      if (found) return { key, values: { ...found.groups } };
    }
    return piece;
  });
}
