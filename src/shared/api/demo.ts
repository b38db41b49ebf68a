import { z } from 'zod';
import { demoReportSchema } from '../api-demo.ts';
import { procedure } from './procedure.ts';
import { queueItemSchema } from './queue.ts';

export const demoContract = {
  /** Queues zero-shot, FAP and CBA-FAPT on a bundled dataset, compared and reported. */
  start: procedure
    .input(
      z.strictObject({
        dataset: z.string().default('demo-mammals'),
        seeds: z.array(z.int().min(1)).min(1).max(10).default([1]),
      }),
    )
    .output(queueItemSchema),
  /** The numbers of the newest finished demo; null before there is one. */
  latest: procedure.output(demoReportSchema.nullable()),
  /** The newest report as one HTML page without any reference outside itself. */
  html: procedure.output(z.strictObject({ html: z.string() })),
};
