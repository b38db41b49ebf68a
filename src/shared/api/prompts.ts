import { z } from 'zod';
import { promptReportSchema } from '../prompt-report.ts';
import { procedure } from './procedure.ts';

/** What a run's prompts have become: what `fapt prompts --json` prints and the window shows. */
export const runPromptsSchema = promptReportSchema.extend({
  run: z.string(),
  model: z.string(),
  /** In the order of the contexts, where every class has its own. */
  classNames: z.array(z.string()),
  /** False for imported prompts: nobody knows what they started from, so their drift says nothing. */
  startKnown: z.boolean(),
});
export type RunPrompts = z.infer<typeof runPromptsSchema>;

export const promptsContract = {
  /** Reads the weights once; seconds on a large model. Throws `nothing-learned`, `run-unfinished`. */
  inspect: procedure
    .input(
      z.strictObject({
        run: z.string().min(1),
        nearest: z.int().min(1).max(50).default(5),
        /** The class whose context is looked at, where every class has its own. */
        context: z.int().min(0).default(0),
      }),
    )
    .output(runPromptsSchema),
};
