import { describe, expect, it } from 'vitest';
import { protocolPhrases } from '../../../src/renderer/format/protocol.ts';
import { evaluationAttackSchema } from '../../../src/shared/attack.ts';
import { messagesOf } from '../locales/message-files.ts';

const pgd = evaluationAttackSchema.parse({
  name: 'pgd',
  epsilon: 2 / 255,
  stepSize: 2 / 255,
  steps: 100,
});
const keysOf = (...given: Parameters<typeof protocolPhrases>) =>
  protocolPhrases(...given).map(({ key }) => key);

describe('the protocol beside a number', () => {
  it('names the attack, its size, step and restarts, and the images', () => {
    const phrases = protocolPhrases(pgd, 100);
    expect(phrases).toContainEqual({ key: 'epsilon', values: { epsilon: '2/255' } });
    expect(phrases).toContainEqual({ key: 'step', values: { step: '2/255' } });
    expect(phrases).toContainEqual({ key: 'restarts', values: { n: 1 } });
    expect(phrases.at(-1)).toEqual({ key: 'images', values: { n: 100 } });
    expect(phrases[0]).toMatchObject({ key: 'attack.pgd', values: { steps: 100 } });
  });

  it('without an attack there is no size', () => {
    const none = evaluationAttackSchema.parse({ name: 'none' });
    expect(keysOf(none, 300)).toEqual(['attack.none', 'images']);
  });

  it('says what makes a number easier: no random start, the best iterate, any step', () => {
    const easier = { ...pgd, randomStart: false, iterate: 'best', stopWhenFooled: true } as const;
    expect(keysOf(easier, null)).toEqual(
      expect.arrayContaining(['noRandomStart', 'bestIterate', 'anyStep']),
    );
    expect(keysOf(pgd, null)).not.toEqual(expect.arrayContaining(['anyStep']));
  });

  it('sizes of l2 are not written in 1/255', () => {
    const l2 = { ...pgd, norm: 'l2', epsilon: 0.5 } as const;
    expect(protocolPhrases(l2, null)).toContainEqual({
      key: 'epsilonL2',
      values: { epsilon: '0.5000' },
    });
  });

  it('has a text for every phrase', () => {
    const english = messagesOf('en');
    const every = [
      ...protocolPhrases({ ...pgd, source: 'abc', frame: 'attack-only' }, 1),
      ...protocolPhrases({ ...pgd, norm: 'l2' }, 1),
    ];
    expect(every.filter(({ key }) => !english.has(`protocol.${key}`))).toEqual([]);
  });
});
