import type { z } from 'zod';
import { FaptError } from '../../shared/errors.ts';
import { defaultConfig } from '../../shared/method-catalogue.ts';
import { METHOD_NAMES, type RunConfig, runConfigSchema } from '../../shared/run-config.ts';
import { nearest } from './nearest.ts';

export type RunSettings = {
  /** What a config file says: any part of a config. */
  file?: unknown;
  /** Named options, which win over the file. */
  options?: Partial<Pick<RunConfig, 'method' | 'dataset' | 'model' | 'shots' | 'seed'>>;
  /** `path=value` settings, which win over both. */
  set?: string[];
};

type Tree = { [key: string]: unknown };

/**
 * The complete config of a run: the method's defaults, then the file, the options and the settings.
 * @throws FaptError `usage` naming the path that is unknown, missing or wrong
 */
export function buildConfig(settings: RunSettings): RunConfig {
  const file = asTree(settings.file ?? {}, 'The config');
  const given = Object.entries(settings.options ?? {}).filter(([, value]) => value !== undefined);
  const wanted: Tree = {
    shots: 16,
    seed: 1,
    ...structuredClone(file),
    ...Object.fromEntries(given),
  };
  const defaults: Tree = defaultConfig(identityOf(wanted));
  const config = merge(defaults, wanted, '');
  for (const assignment of settings.set ?? []) assign(config, assignment);
  const parsed = runConfigSchema.safeParse(config);
  if (!parsed.success) throw usage(firstProblem(parsed.error));
  return parsed.data;
}

/** Every path that `--set` knows. */
export function settingPaths(): string[] {
  const example = { method: 'fap', dataset: 'd', model: 'm', shots: 1, seed: 1 } as const;
  return leaves(defaultConfig(example), '');
}

function identityOf(wanted: Tree): Parameters<typeof defaultConfig>[0] {
  for (const key of ['method', 'dataset', 'model'] as const) {
    if (typeof wanted[key] !== 'string' || wanted[key] === '') {
      throw usage(`A run needs --${key} (or "${key}" in its config file).`);
    }
  }
  const { method } = wanted as { method: string };
  if (!METHOD_NAMES.includes(method as never)) {
    throw usage(`There is no method "${method}": the methods are ${METHOD_NAMES.join(', ')}.`);
  }
  // Anything else the file says is merged over the defaults, where unknown keys are found.
  const { dataset, model, shots, seed } = wanted;
  return { method, dataset, model, shots, seed } as Parameters<typeof defaultConfig>[0];
}

function merge(base: Tree, over: Tree, at: string): Tree {
  const result: Tree = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const path = at ? `${at}.${key}` : key;
    if (!(key in base)) throw unknownPath(path);
    const inner = base[key];
    result[key] = isTree(inner) ? merge(inner, asTree(value, `"${path}"`), path) : value;
  }
  return result;
}

function assign(config: Tree, assignment: string): void {
  const at = assignment.indexOf('=');
  if (at < 1) throw usage(`--set needs path=value, not "${assignment}".`);
  const path = assignment.slice(0, at).trim();
  if (!settingPaths().includes(path)) throw unknownPath(path);
  const keys = path.split('.');
  const last = keys.pop() as string;
  let tree = config;
  for (const key of keys) tree = tree[key] as Tree;
  tree[last] = parseValue(assignment.slice(at + 1).trim());
}

/** `true`, `3`, `4/255` and words; quotes are not needed. */
function parseValue(text: string): unknown {
  const fraction = /^(\d+(?:\.\d+)?)\/(\d+(?:\.\d+)?)$/.exec(text);
  if (fraction) return Number(fraction[1]) / Number(fraction[2]);
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function unknownPath(path: string): FaptError {
  const near = nearest(path, settingPaths());
  return usage(`There is no setting "${path}"; near it are ${near.join(', ')}.`);
}

function firstProblem(error: z.ZodError): string {
  const issue = error.issues[0];
  const path = issue?.path.join('.') ?? '';
  return `The setting "${path}" is wrong: ${issue?.message ?? error.message}.`;
}

function leaves(tree: object, at: string): string[] {
  return Object.entries(tree).flatMap(([key, value]) => {
    const path = at ? `${at}.${key}` : key;
    return isTree(value) ? leaves(value, path) : [path];
  });
}

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function asTree(value: unknown, what: string): Tree {
  if (isTree(value)) return value;
  throw usage(`${what} must be a JSON object.`);
}

function usage(message: string): FaptError {
  return new FaptError('usage', message);
}
