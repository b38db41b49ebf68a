import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import chinese from '../../../src/renderer/locales/catalogue.zh-CN.json' with { type: 'json' };
import { pickLanguage } from '../../../src/renderer/locales/languages.ts';
import { evaluationOptionsOf } from '../../../src/shared/evaluation-options.ts';
import { METHODS } from '../../../src/shared/method-catalogue.ts';
import { optionsOf } from '../../../src/shared/method-options.ts';
import { paperTablesSchema } from '../../../src/shared/paper-tables.ts';
import { METHOD_NAMES } from '../../../src/shared/run-config.ts';

describe('the language of the window', () => {
  it('is the one chosen, else the first of the system that we speak', () => {
    expect(pickLanguage('zh-CN', ['en'])).toBe('zh-CN');
    expect(pickLanguage('system', ['de', 'zh-TW', 'en'])).toBe('zh-CN');
    expect(pickLanguage('system', ['en-GB', 'zh'])).toBe('en');
    expect(pickLanguage('system', ['de'])).toBe('en');
  });
});

/** What is told of the paper, and of the datasets that come along. */
function toldOfResources(): string[] {
  const read = (path: string): unknown => JSON.parse(readFileSync(`resources/${path}`, 'utf8'));
  const paper = paperTablesSchema.parse(read('reference/cba-fapt.json'));
  const datasets = readdirSync('resources/demo/datasets').map(
    (name) => read(`demo/datasets/${name}/dataset.json`) as { description: string },
  );
  return [
    ...paper.setup.notStated,
    ...Object.values(paper.tables).flatMap(({ notes }) => notes),
    ...datasets.map(({ description }) => description),
  ];
}

describe('the texts of the method catalogue and of what comes along', () => {
  const ofMethods = METHOD_NAMES.flatMap((name) => [
    METHODS[name].title,
    METHODS[name].learner,
    ...[...optionsOf(name), ...evaluationOptionsOf(name)].flatMap(({ label, reason }) => [
      label,
      reason,
    ]),
  ]);

  const said = [...ofMethods, ...toldOfResources()];

  it('are all there in Chinese', () => {
    const known = new Set(Object.keys(chinese));
    const names = new Set(METHOD_NAMES.map((name) => METHODS[name].title));
    const missing = [...new Set(said)].filter((text) => !known.has(text) && !names.has(text));
    expect(missing).toEqual([]);
  });

  it('none is kept that nobody says any more', () => {
    expect(Object.keys(chinese).filter((text) => !said.includes(text))).toEqual([]);
  });
});
