import { z } from 'zod';

/** One row an example x evaluation; every summary is computed from these rows. */
export const outcomeSchema = z.strictObject({
  /** The image's path in the split. */
  id: z.string(),
  label: z.int().min(0),
  /** Predicted class without attack. */
  clean: z.int().min(0),
  /** Predicted class at the last step (of the worst restart); null when no attack ran. */
  adversarial: z.int().min(0).nullable(),
  /** True logit minus the best other logit at the last step (clean where no attack ran). */
  margin: z.number(),
  /** 0 wrong when clean, else the first fooled step counted from 1, null if never. */
  fellAt: z.int().min(0).nullable(),
  /** SHA-256 of the kept float32 perturbation [3, S, S], or null. */
  perturbation: z.string().nullable(),
});
export type Outcome = z.infer<typeof outcomeSchema>;

export const RUN_STATUSES = [
  'queued',
  'running',
  'paused',
  'interrupted',
  'stopped',
  'failed',
  'finished',
] as const;
export const runStatusSchema = z.enum(RUN_STATUSES);
export type RunStatus = z.infer<typeof runStatusSchema>;

/** A thing worth telling that did not stop the work; stored with the run. */
export const warningSchema = z.strictObject({ code: z.string(), message: z.string() });
export type Warning = z.infer<typeof warningSchema>;
