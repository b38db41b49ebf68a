import type { z } from 'zod';
import type { Phrase } from '../format/protocol.ts';
import { toPixelSteps } from './pixel-steps.ts';

type Issue = z.core.$ZodIssue;

/** What a schema refused, by path; empty where it took the value. */
export function issuesByPath(parsed: z.ZodSafeParseResult<unknown>): Map<string, Issue> {
  return new Map(parsed.error?.issues.map((issue) => [issue.path.join('.'), issue]));
}

/**
 * What is wrong with a value, as a key of `train.issues` with its numbers; these are k of k/255
 * where the value is edited so.
 */
export function issuePhrase(issue: Issue, inSteps = false): Phrase {
  const limit = (value: number | bigint) => (inSteps ? toPixelSteps(Number(value)) : Number(value));
  switch (issue.code) {
    case 'too_small':
      if (issue.origin === 'string') return { key: 'empty', values: {} };
      return {
        key: issue.inclusive ? 'atLeast' : 'moreThan',
        values: { limit: limit(issue.minimum) },
      };
    case 'too_big':
      return { key: 'atMost', values: { limit: limit(issue.maximum) } };
    case 'invalid_type':
      return { key: issue.expected === 'int' ? 'whole' : 'number', values: {} };
    default:
      return { key: 'refused', values: {} };
  }
}
