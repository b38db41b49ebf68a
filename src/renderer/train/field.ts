import { z } from 'zod';
import { runConfigSchema } from '../../shared/run-config.ts';
import type { SettingPath } from '../../shared/setting-paths.ts';

/** How a setting is edited, read from the schema that also checks it. */
type FieldKind =
  | { kind: 'text' }
  | { kind: 'switch' }
  | { kind: 'choice'; choices: string[] }
  | { kind: 'number'; integer: boolean; min: number | null; max: number | null };

type JsonSchema = {
  type?: string;
  enum?: string[];
  properties?: Record<string, JsonSchema>;
  minimum?: number;
  exclusiveMinimum?: number;
  maximum?: number;
};

let schema: JsonSchema | undefined;

/** @throws Error where the schema has no such path */
export function fieldKind(path: SettingPath): FieldKind {
  schema ??= z.toJSONSchema(runConfigSchema) as JsonSchema;
  let node: JsonSchema | undefined = schema;
  for (const key of path.split('.')) node = node?.properties?.[key];
  if (!node) throw new Error(`The run schema has no "${path}".`);
  if (node.enum) return { kind: 'choice', choices: node.enum };
  if (node.type === 'boolean') return { kind: 'switch' };
  if (node.type === 'string') return { kind: 'text' };
  return {
    kind: 'number',
    integer: node.type === 'integer',
    min: node.minimum ?? node.exclusiveMinimum ?? null,
    max: node.maximum ?? null,
  };
}
