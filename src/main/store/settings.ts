import type { z } from 'zod';
import { FaptError } from '../../shared/errors.ts';
import type { Database } from './database.ts';
import { one, run } from './statement.ts';

/** The stored value, or `fallback` where nothing was stored. Throws `setting-broken`. */
export function getSetting<T>(db: Database, key: string, schema: z.ZodType<T>, fallback: T): T {
  const row = one<{ value: string }>(db, 'SELECT value FROM settings WHERE key = ?', key);
  if (row === undefined) return fallback;
  const parsed = schema.safeParse(JSON.parse(row.value));
  if (parsed.success) return parsed.data;
  throw new FaptError(
    'setting-broken',
    `The setting "${key}" holds ${row.value}, which is not a value it can have: set it again.`,
    { cause: parsed.error },
  );
}

export function setSetting(db: Database, key: string, value: unknown): void {
  run(
    db,
    `INSERT INTO settings (key, value) VALUES (?, ?)
     ON CONFLICT (key) DO UPDATE SET value = excluded.value`,
    key,
    JSON.stringify(value),
  );
}
