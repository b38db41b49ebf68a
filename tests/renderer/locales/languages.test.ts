import { describe, expect, it } from 'vitest';
import chinese from '../../../src/renderer/locales/catalogue.zh-CN.json' with { type: 'json' };
import { pickLanguage } from '../../../src/renderer/locales/languages.ts';
import { evaluationOptionsOf } from '../../../src/shared/evaluation-options.ts';
import { METHODS } from '../../../src/shared/method-catalogue.ts';
import { optionsOf } from '../../../src/shared/method-options.ts';
import { METHOD_NAMES } from '../../../src/shared/run-config.ts';

describe('the language of the window', () => {
  it('is the one chosen, else the first of the system that we speak', () => {
    expect(pickLanguage('zh-CN', ['en'])).toBe('zh-CN');
    expect(pickLanguage('system', ['de', 'zh-TW', 'en'])).toBe('zh-CN');
    expect(pickLanguage('system', ['en-GB', 'zh'])).toBe('en');
    expect(pickLanguage('system', ['de'])).toBe('en');
  });
});

describe("the method catalogue's texts", () => {
  const said = METHOD_NAMES.flatMap((name) => [
    METHODS[name].title,
    METHODS[name].learner,
    ...[...optionsOf(name), ...evaluationOptionsOf(name)].flatMap(({ label, reason }) => [
      label,
      reason,
    ]),
  ]);

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
