import { describe, expect, it } from 'vitest';
import { toFailure } from '../../../src/renderer/data/failure.ts';
import { missingPages } from '../../../src/renderer/data/missing-pages.ts';
import { FaptError } from '../../../src/shared/errors.ts';

const none = new Set<number>();

describe('the pages that a long list still needs', () => {
  it('are those between the rows in view, less those that are there', () => {
    expect(missingPages({ first: 190, last: 410 }, 200, 10_000, none)).toEqual([0, 1, 2]);
    expect(missingPages({ first: 190, last: 410 }, 200, 10_000, new Set([1]))).toEqual([0, 2]);
  });

  it('end with the list', () => {
    expect(missingPages({ first: 0, last: 900 }, 200, 250, none)).toEqual([0, 1]);
    expect(missingPages({ first: 0, last: 900 }, 200, 0, none)).toEqual([0]);
  });
});

describe('why a call failed', () => {
  it('has the code and sentence of the application', () => {
    const error = new FaptError('engine-busy', 'The engine is at work: wait.');
    expect(toFailure(error)).toEqual({
      code: 'engine-busy',
      message: 'The engine is at work: wait.',
    });
  });

  it('is never without words', () => {
    expect(toFailure('odd')).toEqual({ code: 'unexpected', message: 'odd' });
  });
});
