import type { z } from 'zod';
import { METHODS } from '../../shared/method-catalogue.ts';
import { type MethodOption, optionsOf } from '../../shared/method-options.ts';
import { type MethodName, type RunConfig, runConfigSchema } from '../../shared/run-config.ts';
import { type SettingPath, type SettingValue, settingAt } from '../../shared/setting-paths.ts';
import { issuesByPath } from './issue-phrase.ts';

/** A copy of a config with one setting changed. */
export function withSetting<T extends object>(
  config: T,
  path: SettingPath,
  value: SettingValue | null,
): T {
  return put(config as Tree, path.split('.'), value) as T;
}

type Tree = Record<string, unknown>;

function put(tree: Tree, [key = '', ...rest]: string[], value: SettingValue | null): Tree {
  return { ...tree, [key]: rest.length === 0 ? value : put(tree[key] as Tree, rest, value) };
}

/** The same identity under another method: its defaults, and nothing left of the old one's. */
export function withMethod(config: RunConfig, method: MethodName): RunConfig {
  const { dataset, model, shots, seed } = config;
  return { method, dataset, model, shots, seed, ...structuredClone(METHODS[method].defaults) };
}

export type Difference = { option: MethodOption; preset: SettingValue; yours: SettingValue | null };

/** Every setting that is not the method's default, in the form's order. */
export function differences(config: RunConfig): Difference[] {
  return optionsOf(config.method).flatMap((option) => {
    if (option.default === null) return [];
    const yours = settingAt(config, option.path);
    return yours === option.default ? [] : [{ option, preset: option.default, yours }];
  });
}

/** What the schema refuses, by path; empty where the run could start. */
export function problems(config: unknown): Map<string, z.core.$ZodIssue> {
  return issuesByPath(runConfigSchema.safeParse(config));
}
