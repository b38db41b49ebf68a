import { describe, expect, it } from 'vitest';
import { protocolPhrases } from '../../../src/renderer/format/protocol.ts';
import { readProtocol } from '../../../src/renderer/format/read-protocol.ts';
import { describeAttack, evaluationAttackSchema } from '../../../src/shared/attack.ts';

const attacks = [
  { name: 'none' },
  { name: 'noise', norm: 'l2', epsilon: 0.5 },
  { name: 'pgd', restarts: 3, randomStart: false, iterate: 'best', stopWhenFooled: true },
  { name: 'apgd', loss: 'margin', source: 'abc', frame: 'attack-only' },
  { name: 'fab' },
  { name: 'square', steps: 5000 },
  { name: 'autoattack' },
].map((attack) => evaluationAttackSchema.parse(attack));

describe('readProtocol', () => {
  it.each(attacks)('finds the phrases again that a protocol is made of: $name', (attack) => {
    const phrases = protocolPhrases(attack, null).map(({ key }) => key);
    const read = readProtocol(describeAttack(attack));
    expect(read.map((one) => (typeof one === 'string' ? one : one.key))).toEqual(phrases);
  });

  it('keeps what was filled in, and what it does not know', () => {
    expect(readProtocol('eps 4/255, 2 restarts, on Sundays')).toEqual([
      { key: 'epsilon', values: { epsilon: '4/255' } },
      { key: 'restarts', values: { n: '2' } },
      'on Sundays',
    ]);
  });
});
