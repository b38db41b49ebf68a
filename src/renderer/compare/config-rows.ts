import type { SidesReport } from '../../shared/api/compare.ts';
import type { ExportTable } from '../../shared/export-table.ts';
import { METHODS } from '../../shared/method-catalogue.ts';
import { optionsOf } from '../../shared/method-options.ts';
import type { MethodName } from '../../shared/run-config.ts';
import type { Say } from '../locales/use-english.ts';
import { settingText } from '../train/setting-text.ts';
import { sidesSentence } from './protocol-sentence.ts';

type ConfigRow = { path: string; label: string; a: string; b: string };

/** Settings that stand outside the training form. */
const NAMES: Record<string, string> = { method: 'runs.columns.method' };

/**
 * The settings in which the two sides differ, in words.
 * @param text a title or a sentence of the method catalogue in the same language
 */
export function configRows(
  { a, b, configDifference }: Pick<SidesReport, 'a' | 'b' | 'configDifference'>,
  t: Say,
  text: (english: string) => string,
): ConfigRow[] {
  const options = new Map(
    [...optionsOf(a.method), ...optionsOf(b.method)].map((option) => [
      option.path as string,
      option,
    ]),
  );
  const words = { on: t('train.on'), off: t('train.off') };
  return configDifference.map(({ path, a: left, b: right }) => {
    const option = options.get(path);
    const shown = (value: unknown): string => {
      if (value === null || value === undefined) return t('common.none');
      if (path === 'method') return text(METHODS[value as MethodName].title);
      if (typeof value === 'object') return JSON.stringify(value);
      return settingText(value as string | number | boolean, option?.unit, words);
    };
    const name = NAMES[path];
    const label = option ? text(option.label) : name ? t(name) : path;
    return { path, label, a: shown(left), b: shown(right) };
  });
}

/** The same as a table that leaves the application, in English. */
export function configTable(report: SidesReport, rows: readonly ConfigRow[]): ExportTable {
  return {
    name: 'compare-settings',
    caption: `Settings in which ${report.a.title} (A) and ${report.b.title} (B) differ`,
    protocol: sidesSentence(report),
    columns: [
      { key: 'label', title: 'Setting', kind: 'text' },
      { key: 'path', title: 'Path', kind: 'text' },
      { key: 'a', title: `A: ${report.a.title}`, kind: 'text' },
      { key: 'b', title: `B: ${report.b.title}`, kind: 'text' },
    ],
    rows: rows.map((row) => ({ ...row })),
    hidden: [],
  };
}
