import type { z } from 'zod';
import type { Phrase } from '../format/protocol.ts';

/** What is wrong with a value, as a key of `train.issues` with its numbers. */
export function issuePhrase(issue: z.core.$ZodIssue): Phrase {
  switch (issue.code) {
    case 'too_small':
      if (issue.origin === 'string') return { key: 'empty', values: {} };
      return {
        key: issue.inclusive ? 'atLeast' : 'moreThan',
        values: { limit: Number(issue.minimum) },
      };
    case 'too_big':
      return { key: 'atMost', values: { limit: Number(issue.maximum) } };
    case 'invalid_type':
      return { key: issue.expected === 'int' ? 'whole' : 'number', values: {} };
    default:
      return { key: 'refused', values: {} };
  }
}
