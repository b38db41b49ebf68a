import { describe, expect, it } from 'vitest';
import { evaluationAttackSchema } from '../../src/shared/attack.ts';
import { readSentence, readWarning } from '../../src/shared/read-sentence.ts';
import { fillIn, say } from '../../src/shared/sentence.ts';
import { ENGLISH } from '../../src/shared/sentences/english.ts';

const words = {
  name: (name: string) => name,
  attack: () => '',
  sentence: () => '',
  separator: '',
};

describe('readSentence', () => {
  it('finds what was filled into each sentence that is kept or sent as text', () => {
    const structured = ['sanity', 'verdict', 'unlike', 'setting', 'left-out'];
    for (const [code, template] of Object.entries(ENGLISH)) {
      const [start = ''] = code.split('.');
      if (structured.includes(start)) continue;
      const names = [...template.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
      const params = Object.fromEntries(names.map((name, index) => [name, `x(${index})/y`]));
      const text = fillIn(template, params, words);
      const read = readSentence(text, code);
      expect(read, code).toEqual({ code, params, message: text });
      // Among all of its kind it is taken for none that says something else.
      const found = readSentence(text, start)?.code as keyof typeof ENGLISH;
      expect(ENGLISH[found], code).toBe(template);
    }
  });

  it('reads a sentence within a sentence, and names with signs and lines', () => {
    const text = '"a (1).png\n" cannot be read as a picture: it is a folder';
    expect(readSentence(text, 'problem')?.params).toEqual({
      path: 'a (1).png\n',
      reason: { code: 'picture.folder', params: {}, message: 'it is a folder' },
    });
    expect(readSentence(`${text}, or so`, 'problem')?.params.reason).toBe('it is a folder, or so');
  });

  it('reads several within one', () => {
    const edits = [say('edit.template', { template: 'a, b {}' }), say('edit.classes', { n: 2 })];
    const one = say('change.edited', { edits: edits[1] ?? '' });
    expect(readSentence(one, 'change')?.params).toMatchObject({
      edits: [{ code: 'edit.classes' }],
    });
    // A comma in a name leaves the list as it is.
    const both = say('change.edited', { edits: edits.join(', ') });
    expect(readSentence(both, 'change')?.params).toEqual({ edits: edits.join(', ') });
  });

  it('knows no other sentence', () => {
    expect(readSentence('The engine died: start it again.', 'status')).toBeNull();
    expect(readSentence('Paused on request. Or so.', 'status')).toBeNull();
  });

  it('reads a name that is empty', () => {
    const text = say('problem.class-name-empty', { label: 3, name: '' });
    expect(readSentence(text, 'problem')).toMatchObject({
      code: 'problem.class-name-empty',
      params: { label: '3', name: '' },
    });
  });

  it('leaves a very long text as it is', () => {
    const told = (length: number) => say('note.unread', { file: 'a', some: 'b'.repeat(length) });
    expect(readSentence(told(1000), 'note')?.code).toBe('note.unread');
    expect(readSentence(told(3000), 'note')).toBeNull();
  });

  it('reads what a stage says of a run and its attack', () => {
    const attack = evaluationAttackSchema.parse({ name: 'pgd' });
    const text = say('stage.evaluate', { method: 'fap', seed: 2, attack: { attack } });
    expect(text).toBe('evaluate fap, seed 2, PGD-100 (ce), eps 1/255, step 1/255, 1 restart');
    expect(readSentence(text, 'stage')?.params).toEqual({
      ...{ method: 'fap', seed: '2' },
      attack: 'PGD-100 (ce), eps 1/255, step 1/255, 1 restart',
    });
  });
});

describe('readWarning', () => {
  it('takes the code of a warning, and of a dataset what is wrong with it', () => {
    const message = say('warning.weak-term', { term: 'vaa' });
    expect(readWarning({ code: 'weak-term', message })?.params).toEqual({ term: 'vaa' });
    const told =
      'Dataset demo: images of cluster "x" are in train and in test (and 74 more like it).';
    expect(readWarning({ code: 'dataset-same-cluster', message: told })).toMatchObject({
      code: 'warning.dataset.several',
      params: { dataset: 'demo', more: '74', problem: { params: { cluster: 'x' } } },
    });
  });
});
