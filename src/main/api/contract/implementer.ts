import { implement } from '@orpc/server';
import { contract } from '../../../shared/api/contract.ts';
import { FaptError, messageOf } from '../../../shared/errors.ts';

/** What a failed call, or a stream that failed midway, tells its client. */
export function failureOf(error: unknown): { code: string; message: string } {
  if (error instanceof FaptError) return { code: error.code, message: error.message };
  const message = `Something unexpected went wrong (${messageOf(error)}): please report it.`;
  return { code: 'unexpected', message };
}

/** Handlers of the contract; errors keep their code and sentence on the way to the client. */
export const api = implement(contract).use(async ({ next, errors }) => {
  try {
    return await next();
  } catch (error) {
    if (!(error instanceof FaptError)) console.error(error);
    const { code, message } = failureOf(error);
    throw errors.FAPT({ message, data: { code }, cause: error });
  }
});
