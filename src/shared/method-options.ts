import { METHODS } from './method-catalogue.ts';
import { OVERRIDES } from './method-option-overrides.ts';
import { OPTION_ROWS } from './method-option-rows.ts';
import type { MethodName } from './run-config.ts';
import { choicesOf, type SettingPath, type SettingValue, settingAt } from './setting-paths.ts';

/** Every setting but the method itself. */
export type OptionPath = Exclude<SettingPath, 'method'>;

/** How deep a form hides an option: shown at once, with the loss, or for experts. */
export type OptionDepth = 'basic' | 'loss' | 'expert';

/** What a number counts. `1/255` means that it is held in pixel units [0, 1] and shown as k/255. */
export type OptionUnit =
  | '1/255'
  | 'blocks'
  | 'epochs'
  | 'images'
  | 'images a class'
  | 'pixels of 224'
  | 'tokens';

/** Where a value comes from; null means that the source does not state it. */
export type Sourced = {
  /** What the CBA-FAPT paper states of this setting for the method. */
  paper: SettingValue | null;
  /** What the official code does (see CODE_SOURCES). */
  code: SettingValue | null;
  /** One sentence: why our default is what it is, or what the option does. */
  reason: string;
};

/** One option of one method, for the form, the command line and the documents. */
export type MethodOption = Sourced & {
  path: OptionPath;
  label: string;
  unit?: OptionUnit;
  depth: OptionDepth;
  /** Our default; null for what every run is given (dataset, model, shots, seed). */
  default: SettingValue | null;
  /** The words it can be, where it is one of a few. */
  choices?: readonly string[];
};

/** The options that concern a method, in the order they are shown. */
export function optionsOf(method: MethodName): MethodOption[] {
  const { defaults } = METHODS[method];
  return (Object.keys(OPTION_ROWS) as OptionPath[]).flatMap((path) => {
    const { concerns, ...row } = OPTION_ROWS[path];
    if (concerns && !concerns.includes(method)) return [];
    const choices = choicesOf(path);
    return [
      {
        path,
        ...row,
        ...OVERRIDES[method]?.[path],
        default: settingAt(defaults, path),
        ...(choices ? { choices } : {}),
      },
    ];
  });
}
