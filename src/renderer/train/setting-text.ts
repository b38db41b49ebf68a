import type { OptionUnit } from '../../shared/method-options.ts';
import type { SettingPath, SettingValue } from '../../shared/setting-paths.ts';
import { fieldKind } from './field.ts';
import { toPixelSteps } from './pixel-steps.ts';

/** A setting's value for people, in the unit of its field; switches by the given words. */
export function settingText(
  value: SettingValue,
  unit: OptionUnit | undefined,
  words: { on: string; off: string },
): string {
  if (typeof value === 'boolean') return value ? words.on : words.off;
  if (typeof value === 'number' && unit === '1/255') return `${toPixelSteps(value)}/255`;
  return String(value);
}

/** Whether a source's value can be put into the field: `11 datasets` is no name of a dataset. */
export function isTakeable(value: SettingValue | null, path: SettingPath): value is SettingValue {
  if (value === null) return false;
  const field = fieldKind(path);
  if (field.kind === 'number') return typeof value === 'number';
  if (field.kind === 'switch') return typeof value === 'boolean';
  return field.kind === 'choice' && field.choices.includes(String(value));
}
