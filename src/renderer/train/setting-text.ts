import type { OptionUnit } from '../../shared/method-options.ts';
import type { SettingValue } from '../../shared/setting-paths.ts';
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

/** Whether a source's value can be put into the field: `11 datasets` cannot. */
export function isTakeable(
  value: SettingValue | null,
  preset: SettingValue | null,
): value is SettingValue {
  return value !== null && preset !== null && typeof value === typeof preset;
}
