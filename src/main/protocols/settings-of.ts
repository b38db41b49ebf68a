import { formatEpsilon } from '../../shared/attack.ts';
import { defaultConfig, METHODS } from '../../shared/method-catalogue.ts';
import { configDifference } from '../statistics/config-difference.ts';
import type { Plan, Row } from './plan.ts';

/**
 * What the trained runs set otherwise than their methods' defaults, as `path=value`, behind the titles
 * of the rows that do where it is not all of them.
 */
export function settingsOf({ cells, rows }: Plan): string[] {
  const settings = new Map<string, Set<string>>();
  for (const { config, row } of cells) {
    if (!METHODS[config.method].tuned) continue;
    const usual = { ...defaultConfig(config), classes: config.classes };
    for (const { path, b } of configDifference(usual, config)) {
      const setting = `${path}=${format(path, b)}`;
      settings.set(setting, (settings.get(setting) ?? new Set()).add(row));
    }
  }
  const tuned = rows.filter(({ method }) => METHODS[method].tuned);
  return [...settings].map(([setting, keys]) => {
    const inside = tuned.filter(({ key }) => keys.has(key));
    const outside = tuned.filter(({ key }) => !keys.has(key));
    if (outside.length === 0) return setting;
    const isMost = outside.length < inside.length;
    return isMost ? `all but ${titles(outside)}: ${setting}` : `${titles(inside)}: ${setting}`;
  });
}

function titles(rows: Row[]): string {
  return rows.map(({ title }) => title).join(', ');
}

function format(path: string, value: unknown): string {
  const isSize = path === 'attack.epsilon' || path === 'attack.stepSize';
  return isSize && typeof value === 'number' ? formatEpsilon(value) : String(value);
}
