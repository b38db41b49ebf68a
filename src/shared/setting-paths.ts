import { z } from 'zod';
import { type RunConfig, runConfigSchema } from './run-config.ts';

/** What one setting of a run can hold. */
export type SettingValue = string | number | boolean;

type LeafPaths<T> = {
  [K in keyof T & string]: T[K] extends SettingValue ? K : `${K}.${LeafPaths<T[K]>}`;
}[keyof T & string];

/** Every path of a run's configuration: `epochs`, `loss.alpha`, ... */
export type SettingPath = LeafPaths<RunConfig>;

/** The value at a path of a configuration or a part of one; null where the part does not reach. */
export function settingAt(config: object, path: SettingPath): SettingValue | null {
  let value: unknown = config;
  for (const key of path.split('.')) value = (value as Record<string, unknown> | undefined)?.[key];
  return (value as SettingValue | undefined) ?? null;
}

/** The words that the schema allows at a path; null for numbers, switches and free text. */
export function choicesOf(path: SettingPath): readonly string[] | null {
  let schema: z.core.$ZodType = runConfigSchema;
  for (const key of path.split('.')) {
    schema = (inner(schema) as z.ZodObject).shape[key] as z.core.$ZodType;
  }
  const leaf = inner(schema);
  return leaf instanceof z.ZodEnum ? leaf.options.map(String) : null;
}

function inner(schema: z.core.$ZodType): z.core.$ZodType {
  return schema instanceof z.ZodDefault ? inner(schema.unwrap()) : schema;
}
