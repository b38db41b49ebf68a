import { z } from 'zod';
import { runStatusSchema } from '../results.ts';
import { procedure } from './procedure.ts';

export const JOB_KINDS = ['run', 'demo'] as const;

/** A piece of work that waits for its turn, has it, or had it. */
export const queueItemSchema = z.strictObject({
  job: z.int(),
  kind: z.enum(JOB_KINDS),
  run: z.string().nullable(),
  /** `CBA-FAPT, demo-mammals, seed 1`. */
  title: z.string(),
  status: runStatusSchema,
  statusReason: z.string().nullable(),
  /** 0 to 1, of the stage it is in. */
  progress: z.number(),
  createdAt: z.int(),
  startedAt: z.int().nullable(),
  endedAt: z.int().nullable(),
});
export type QueueItem = z.infer<typeof queueItemSchema>;

const job = z.strictObject({ job: z.int() });

export const queueContract = {
  list: procedure.output(
    z.strictObject({
      running: queueItemSchema.nullable(),
      /** In the order in which they will run. */
      waiting: z.array(queueItemSchema),
      /** Paused and interrupted ones, which `resume` puts back; newest first. */
      held: z.array(queueItemSchema),
      /** The newest fifty of the rest. */
      ended: z.array(queueItemSchema),
      /** Why nothing begins (the engine is down, the queue is paused), in a sentence; else null. */
      blocked: z.string().nullable(),
    }),
  ),
  /** Queues what is left of a run: its training from the last checkpoint, waiting evaluations. */
  enqueue: procedure.input(z.strictObject({ run: z.string().min(1) })).output(queueItemSchema),
  /** Before another waiting job; null is the end. */
  move: procedure.input(job.extend({ before: z.int().nullable() })).output(z.void()),
  /** Takes a waiting or held job out; its run stays. */
  remove: procedure.input(job).output(z.void()),
  /** To the front. */
  runNext: procedure.input(job).output(z.void()),
  /** Begins with what waits, after a pause or a start with jobs left over. */
  start: procedure.output(z.void()),
  /** At the next step, with a checkpoint; the job is then held as `paused`, and no other begins. */
  pauseCurrent: procedure.output(z.void()),
  /** A held, stopped or failed job waits again, at the front. */
  resume: procedure.input(job).output(queueItemSchema),
  /**
   * Ends the current training at the next step and keeps the tuned model usable; evaluations that
   * wait follow. Throws `nothing-to-keep` in an evaluation: a part of its images stands for nothing.
   */
  stopAndKeep: procedure.output(z.void()),
  /** Stops the current job; what was computed is kept, and `resume` goes on from there. */
  cancelCurrent: procedure.output(z.void()),
};
