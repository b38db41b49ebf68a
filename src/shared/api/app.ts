import { z } from 'zod';
import { doctorReportSchema } from '../api-results.ts';
import { engineEnvironmentSchema } from '../engine-rpc.ts';
import { eventStream, procedure } from './procedure.ts';

/** `ready` has nothing to do, `down` needs a restart; `reason` says why it is down. */
const ENGINE_STATES = ['idle', 'starting', 'ready', 'busy', 'down'] as const;

export const engineStatusSchema = z.strictObject({
  /** `idle`: not started yet; the first work starts it. */
  state: z.enum(ENGINE_STATES),
  reason: z.string().nullable(),
  /** Known once it has started. */
  environment: engineEnvironmentSchema.nullable(),
  pid: z.int().nullable(),
});
export type EngineStatus = z.infer<typeof engineStatusSchema>;

/** The job that is being worked on. */
export const currentJobSchema = z.strictObject({
  job: z.int(),
  run: z.string().nullable(),
  title: z.string(),
  /** What of it is being done: `train cba-fapt seed 1`. */
  stage: z.string(),
  done: z.number(),
  total: z.number(),
  /** The latest number worth seeing: `loss 1.234`. */
  detail: z.string().nullable(),
  /** Seconds until this stage is done; null until that can be told. */
  etaSeconds: z.number().nullable(),
  startedAt: z.int(),
  /** What it was asked for and has not done yet. */
  asked: z.enum(['pause', 'keep', 'cancel']).nullable(),
});
export type CurrentJob = z.infer<typeof currentJobSchema>;

export const appStatusSchema = z.strictObject({
  /** Of the newest wake-up, so that a watcher that starts here misses none. */
  sequence: z.int(),
  version: z.string(),
  workspace: z.string(),
  engine: engineStatusSchema,
  current: currentJobSchema.nullable(),
  /** Jobs that wait. */
  queued: z.int(),
  /** Nothing was ever done here: the window begins with the first run. */
  fresh: z.boolean(),
});
export type AppStatus = z.infer<typeof appStatusSchema>;

export const TOPICS = [
  'status',
  'queue',
  'runs',
  'metrics',
  'datasets',
  'checks',
  'models',
  'settings',
  'views',
  'notices',
] as const;
export const topicSchema = z.enum(TOPICS);
export type Topic = z.infer<typeof topicSchema>;

/**
 * Something changed: ask again for what is on the screen. Carries no data, so nothing is lost where
 * several become one; at most ten a second.
 */
export const wakeUpSchema = z.strictObject({
  sequence: z.int(),
  topics: z.array(topicSchema),
  /** Runs among what changed. */
  runs: z.array(z.string()),
});
export type WakeUp = z.infer<typeof wakeUpSchema>;

export const THEMES = ['system', 'light', 'dark'] as const;
export const LANGUAGES = ['system', 'en', 'zh-CN'] as const;

export const settingsSchema = z.strictObject({
  /** Threads of the engine; null takes every processor. Heard at its next start. */
  threads: z.int().min(1).max(1024).nullable(),
  theme: z.enum(THEMES),
  language: z.enum(LANGUAGES),
  /** Bytes that kept perturbations may fill. */
  perturbationLimitBytes: z.int().min(0),
  /** Address of a mirror for model downloads; null for the hub itself. */
  mirror: z.string().nullable(),
});
export type Settings = z.infer<typeof settingsSchema>;

export const noticeSchema = z.strictObject({ at: z.int(), text: z.string() });
export type Notice = z.infer<typeof noticeSchema>;

export const aboutSchema = z.strictObject({
  version: z.string(),
  licence: z.string(),
  node: z.string(),
  platform: z.string(),
  workspace: z.string(),
  database: z.string(),
  /** Bytes of the database and of the content-addressed files. */
  databaseBytes: z.int(),
  blobBytes: z.int(),
  processors: z.int(),
});
export type About = z.infer<typeof aboutSchema>;

export const appContract = {
  status: procedure.output(appStatusSchema),
  /** Wake-ups after `after`, the first at once where there were any; ends with the connection. */
  watch: procedure
    .input(z.strictObject({ after: z.int().min(0).default(0) }))
    .output(eventStream(wakeUpSchema)),
  /** Measures the machine; a few seconds. Throws `engine-busy` while a job runs. */
  doctor: procedure.output(doctorReportSchema),
  /** Ends the engine, dead or alive, and starts another. */
  restartEngine: procedure.output(engineStatusSchema),
  /** What was said since the start (the newest 200), oldest first. */
  notices: procedure.output(z.array(noticeSchema)),
  about: procedure.output(aboutSchema),
  settings: {
    get: procedure.output(settingsSchema),
    set: procedure.input(settingsSchema.partial()).output(settingsSchema),
  },
};
