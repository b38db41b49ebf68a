import { eventIterator, oc } from '@orpc/contract';
import { z } from 'zod';

/**
 * Where every call of the application's contract starts. A failure arrives as the one typed error:
 * its sentence, and the stable code of the FaptError behind it.
 */
export const procedure = oc.errors({
  FAPT: { data: z.strictObject({ code: z.string() }) },
});

/** A file's content, or a picture; base64 on the wire. */
export const bytesSchema = z.instanceof(Uint8Array);

/** What a stream ends with when it fails midway: an error thrown inside it would lose its type. */
export const failureEventSchema = z.strictObject({
  type: z.literal('failure'),
  code: z.string(),
  message: z.string(),
});

export const progressEventSchema = z.strictObject({
  type: z.literal('progress'),
  /** What is being done, in words. */
  stage: z.string(),
  done: z.number(),
  total: z.number(),
});
export type ProgressMessage = z.infer<typeof progressEventSchema>;

/** A stream of progress whose last event carries the result (or a failure, which clients throw). */
export function workStream<Result extends z.ZodType>(result: Result) {
  const done = z.strictObject({ type: z.literal('done'), result });
  return eventIterator(
    z.discriminatedUnion('type', [progressEventSchema, done, failureEventSchema]),
  );
}

/** A stream of events without an end of its own. */
export function eventStream<Event extends z.ZodType>(event: Event) {
  return eventIterator(event);
}
