import { formatEpsilon } from '../../shared/attack.ts';
import { defaultConfig } from '../../shared/method-catalogue.ts';
import { configDifference } from '../statistics/config-difference.ts';
import type { Plan } from './plan.ts';

/**
 * What the runs set otherwise than their methods' defaults, as `path=value`; those that not every row
 * sets stand behind the titles of the rows that do.
 */
export function settingsOf({ cells, rows }: Plan): string[] {
  const settings = new Map<string, Set<string>>();
  for (const { config, row } of cells) {
    const usual = { ...defaultConfig(config), classes: config.classes };
    for (const { path, b } of configDifference(usual, config)) {
      const setting = `${path}=${format(path, b)}`;
      settings.set(setting, (settings.get(setting) ?? new Set()).add(row));
    }
  }
  return [...settings].map(([setting, where]) => {
    const titles = rows.filter(({ key }) => where.has(key)).map(({ title }) => title);
    return titles.length === rows.length ? setting : `${titles.join(', ')}: ${setting}`;
  });
}

function format(path: string, value: unknown): string {
  const isSize = path === 'attack.epsilon' || path === 'attack.stepSize';
  return isSize && typeof value === 'number' ? formatEpsilon(value) : String(value);
}
