import { type RunConfig, runConfigSchema } from '../../shared/run-config.ts';

export type ConfigDifference = { path: string; a: unknown; b: unknown };

/** The settings in which two runs differ, by the schema's paths (`loss.alpha`), in its order. */
export function configDifference(a: RunConfig, b: RunConfig): ConfigDifference[] {
  const left = leaves(inSchemaOrder(a));
  const right = leaves(inSchemaOrder(b));
  const paths = [...new Set([...left.keys(), ...right.keys()])];
  return paths
    .filter((path) => left.get(path) !== right.get(path))
    .map((path) => ({ path, a: left.get(path) ?? null, b: right.get(path) ?? null }));
}

function inSchemaOrder(config: RunConfig): object {
  const keys = Object.keys(runConfigSchema.shape) as (keyof RunConfig)[];
  return Object.fromEntries(keys.map((key) => [key, config[key]]));
}

function leaves(value: object, prefix = ''): Map<string, unknown> {
  return new Map(
    Object.entries(value).flatMap(([key, inner]): [string, unknown][] =>
      typeof inner === 'object' && inner !== null
        ? [...leaves(inner, `${prefix}${key}.`)]
        : [[`${prefix}${key}`, inner]],
    ),
  );
}
