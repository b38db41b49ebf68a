import { FaptError, messageOf } from '../../shared/errors.ts';

/** Why a call failed, for people: a sentence and the stable code behind it. */
export type Failure = { code: string; message: string };

export function toFailure(thrown: unknown): Failure {
  if (thrown instanceof FaptError) return { code: thrown.code, message: thrown.message };
  return { code: 'unexpected', message: messageOf(thrown) };
}
