import { describe, expect, it } from 'vitest';
import { messagesOf, placeholdersOf } from './message-files.ts';
import { keysIn, literalsOf, sources, templateOf } from './source-strings.ts';

const files = sources();
const english = messagesOf('en');
const chinese = messagesOf('zh-CN');

describe('the texts of the window', () => {
  it('stand in the message files, none in a template', () => {
    const found = files.flatMap((source) => {
      const template = templateOf(source);
      return template ? literalsOf(template).map((text) => `${source.file}: ${text}`) : [];
    });
    expect(found).toEqual([]);
  });

  it('exist wherever code asks for them', () => {
    const missing = files.flatMap((source) =>
      keysIn(source)
        .filter((key) => !matching(key).length)
        .map((key) => `${source.file}: ${key}`),
    );
    expect(missing).toEqual([]);
  });

  it('are all used', () => {
    const text = files.map((source) => source.text).join('\n');
    const used = new Set(files.flatMap(keysIn).flatMap(matching));
    const dead = [...english.keys()].filter((key) => !used.has(key) && !text.includes(`'${key}'`));
    expect(dead).toEqual([]);
  });

  it('are the same in both languages, with the same things filled in', () => {
    expect([...chinese.keys()].sort()).toEqual([...english.keys()].sort());
    const unlike = [...english].filter(
      ([key, message]) =>
        placeholdersOf(message).join() !== placeholdersOf(chinese.get(key) ?? '').join(),
    );
    expect(unlike.map(([key]) => key)).toEqual([]);
  });

  it('are found by the checks above when they are missing', () => {
    const source = {
      file: 'Bad.vue',
      // biome-ignore lint/suspicious/noTemplateCurlyInString: this is code that is read, not run
      text: "\n<template>\n<p title=\"Plain words\">Hello {{ t('a.b') }}{{ ok ? 'yes' : t(`c.${d}`) }}</p></template>",
    };
    const template = templateOf(source);
    expect(template && literalsOf(template)).toEqual(['Plain words', 'Hello', 'yes']);
    expect(keysIn(source)).toEqual(['a.b', 'c.*']);
  });
});

/** Keys that a key of the code may mean: `*` is one name, or several. */
function matching(key: string): string[] {
  if (!key.includes('*')) return english.has(key) ? [key] : [];
  const pattern = new RegExp(
    `^${key
      .split('*')
      .map((part) => part.replaceAll('.', '\\.'))
      .join('.+')}$`,
  );
  return [...english.keys()].filter((name) => pattern.test(name));
}
