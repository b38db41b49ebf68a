import { describe, expect, it } from 'vitest';
import { fieldKind } from '../../../src/renderer/train/field.ts';
import { METHOD_NAMES } from '../../../src/shared/run-config.ts';
import { depthsShown, fieldsOf } from './every-field.ts';

describe('a field of the training form', () => {
  it('is read from the schema that checks it', () => {
    expect(fieldKind('loss.alpha')).toMatchObject({ kind: 'number', integer: false });
    expect(fieldKind('shots')).toMatchObject({ kind: 'number', integer: true });
    expect(fieldKind('dataset')).toEqual({ kind: 'text' });
    expect(fieldKind('loss.detachClean')).toEqual({ kind: 'switch' });
    expect(fieldKind('attack.loss')).toMatchObject({ kind: 'choice' });
  });

  it('exists for every option of every method', () => {
    for (const method of METHOD_NAMES) {
      for (const option of fieldsOf(method)) expect(fieldKind(option.path)).toBeDefined();
    }
  });

  it('a path that the schema lacks is an error', () => {
    expect(() => fieldKind('loss.omega' as 'loss.alpha')).toThrow('loss.omega');
  });
});

describe('the three depths', () => {
  it('each show all of the one before, and the last shows every option', () => {
    for (const method of METHOD_NAMES) {
      const [basic = [], loss = [], expert = []] = depthsShown(method);
      expect(loss).toEqual(expect.arrayContaining(basic));
      expect(expert).toEqual(expect.arrayContaining(loss));
      expect(expert.length).toBe(fieldsOf(method).length);
    }
  });

  it('alpha, beta and gamma stand in the depth of the loss', () => {
    const [basic = [], loss = []] = depthsShown('cba-fapt');
    const weights = ['loss.alpha', 'loss.beta', 'loss.gamma'];
    expect(loss).toEqual(expect.arrayContaining(weights));
    expect(basic).not.toEqual(expect.arrayContaining(['loss.alpha']));
  });
});
