import { z } from 'zod';
import type { Database } from '../store/database.ts';
import { getSetting } from '../store/settings.ts';

/** Setting: threads of the engine; null takes every processor. Heard when the engine starts. */
export const THREADS_KEY = 'engine.threads';
export const threadsSchema = z.int().min(1).max(1024).nullable();

/** FAPT_THREADS, else this workspace's setting; undefined for all processors. */
export function engineThreads(db: Database, env: NodeJS.ProcessEnv): number | undefined {
  const asked = Number(env.FAPT_THREADS);
  if (Number.isInteger(asked) && asked > 0) return asked;
  return getSetting(db, THREADS_KEY, threadsSchema, null) ?? undefined;
}
