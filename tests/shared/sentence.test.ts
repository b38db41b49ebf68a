import { describe, expect, it } from 'vitest';
import { evaluationAttackSchema } from '../../src/shared/attack.ts';
import { fillIn, sentence, sentenceSchema } from '../../src/shared/sentence.ts';

describe('sentence', () => {
  it('says in English what is filled in, and keeps it', () => {
    const said = sentence('left-out.no-partner', { run: 'abc', seed: 3 });
    expect(said).toEqual({
      code: 'left-out.no-partner',
      params: { run: 'abc', seed: 3 },
      message: 'Run abc (seed 3) has no partner of its seed.',
    });
  });

  it('fills in protocols, parts and several parts, and stays whole on its way', () => {
    const attack = evaluationAttackSchema.parse({ name: 'pgd' });
    const reasons = [
      sentence('unlike.attacks', { a: { attack }, b: { attack: { ...attack, name: 'none' } } }),
      sentence('unlike.one-attacked'),
    ];
    const said = sentence('unlike.never-attacked-alike', { reasons });
    expect(said.message).toBe(
      'the two were never attacked in the same way (the attacks differ (PGD-100 (ce), eps 1/255, step 1/255, 1 restart and no attack); one of them was not attacked): run "fapt eval" on both',
    );
    expect(sentenceSchema.parse(said)).toEqual(said);
  });

  it('is made in another order and other words from the same', () => {
    const words = {
      name: (name: string) => `${name}!`,
      attack: () => '攻击',
      sentence: ({ code }: { code: string }) => `<${code}>`,
      separator: '；',
    };
    const parts = [sentence('unlike.one-attacked'), sentence('unlike.seeds-splits')];
    expect(fillIn('{n}：{parts}（{a}）', { parts, n: 2, a: 'A' }, words)).toBe(
      '2!：<unlike.one-attacked>；<unlike.seeds-splits>（A!）',
    );
  });
});
