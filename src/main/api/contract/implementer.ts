import { implement, ORPCError, ValidationError } from '@orpc/server';
import { contract } from '../../../shared/api/contract.ts';
import { FaptError, messageOf } from '../../../shared/errors.ts';

type Failure = { code: string; message: string };

/** What a failed call, or a stream that failed midway, tells its client. */
export function failureOf(error: unknown): Failure {
  if (error instanceof FaptError) return { code: error.code, message: error.message };
  const refused = refusedInput(error);
  if (refused) return refused;
  const message = `Something unexpected went wrong (${messageOf(error)}): please report it.`;
  return { code: 'unexpected', message };
}

/** The first value of a call's input that its schema refuses; null for every other error. */
function refusedInput(error: unknown): Failure | null {
  if (!(error instanceof ORPCError) || error.code !== 'BAD_REQUEST') return null;
  if (!(error.cause instanceof ValidationError)) return null;
  const [issue] = error.cause.issues;
  const at = issue?.path?.map((part) => (typeof part === 'object' ? part.key : part)).join('.');
  return { code: 'usage', message: `"${at}" cannot have this value: ${issue?.message}.` };
}

/** Handlers of the contract; errors keep their code and sentence on the way to the client. */
export const api = implement(contract).use(async ({ next, errors }) => {
  try {
    return await next();
  } catch (error) {
    const { code, message } = failureOf(error);
    if (code === 'unexpected') console.error(error);
    throw errors.FAPT({ message, data: { code }, cause: error });
  }
});
