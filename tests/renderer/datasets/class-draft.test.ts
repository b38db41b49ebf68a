import { describe, expect, it } from 'vitest';
import { editOf, faultOf, rebase, textParts } from '../../../src/renderer/datasets/class-draft.ts';

const dataset = { template: 'a {}.', classNames: ['cat', 'dog'] };

describe('a draft of names and template', () => {
  it('says what it changes, and nothing where it changes nothing', () => {
    expect(editOf(dataset, { template: 'a {}.', classNames: ['cat', ' dog '] })).toBeNull();
    expect(editOf(dataset, { template: 'the {}.', classNames: ['cat', 'wolf '] })).toEqual({
      template: 'the {}.',
      classNames: [{ label: 1, name: 'wolf' }],
    });
  });

  it('has to have one place for the name, and names', () => {
    expect(faultOf({ template: 'a photo', classNames: ['cat'] })).toBe('template');
    expect(faultOf({ template: '{} and {}', classNames: ['cat'] })).toBe('template');
    expect(faultOf({ template: '{}', classNames: ['cat', ' '] })).toBe('name');
    expect(faultOf({ template: '{}', classNames: ['cat'] })).toBeNull();
  });

  it('follows its dataset in what was not edited', () => {
    const draft = { template: 'a {}.', classNames: ['tiger', 'dog'] };
    const now = { template: 'the {}.', classNames: ['cat', 'wolf'] };
    expect(rebase(draft, dataset, now)).toEqual({
      template: 'the {}.',
      classNames: ['tiger', 'wolf'],
    });
    const fewer = { template: 'a {}.', classNames: ['dog'] };
    expect(rebase(draft, dataset, fewer)).toEqual(fewer);
  });
});

it('the learned words of a text are told from the written ones', () => {
  expect(textParts(['<s>', '[1]', '[2]', 'cat', '[', '3', ']'])).toEqual([
    { learned: false, text: '<s>' },
    { learned: true, text: '[1] [2]' },
    { learned: false, text: 'cat [ 3 ]' },
  ]);
});
