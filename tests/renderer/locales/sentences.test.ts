import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import chinese from '../../../src/renderer/locales/sentences.zh-CN.json' with { type: 'json' };
import { ENGLISH } from '../../../src/shared/sentences/english.ts';
import { placeholdersOf } from './message-files.ts';

describe("the application's sentences", () => {
  const templates: Record<string, string> = chinese;

  it('are all there in Chinese, and none is kept that nobody says', () => {
    expect(Object.keys(templates).sort()).toEqual(Object.keys(ENGLISH).sort());
  });

  it('have the same things filled in', () => {
    const unlike = Object.entries(ENGLISH).filter(
      ([code, english]) =>
        placeholdersOf(english).join() !== placeholdersOf(templates[code] ?? '').join(),
    );
    expect(unlike.map(([code]) => code)).toEqual([]);
  });

  it('are Chinese', () => {
    const words = Object.entries(templates).filter(
      ([, text]) =>
        !/\p{Script=Han}/u.test(text) && /\p{L}{4,}/u.test(text.replace(/\{\w+\}/g, '')),
    );
    expect(words).toEqual([]);
  });

  it('are all said by somebody', () => {
    const sources = ['src/main', 'src/engine', 'src/shared'].flatMap((folder) =>
      readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .filter((file) => file.endsWith('.ts') && !file.startsWith('sentences/'))
        .map((file) => readFileSync(`${folder}/${file}`, 'utf8')),
    );
    const text = sources.join('\n');
    const silent = Object.keys(ENGLISH).filter(
      (code) => !text.includes(`'${code}'`) && !isMadeUp(code, text) && !isWritten(code, text),
    );
    expect(silent).toEqual([]);
  });
});

/** Of a code like `setting.iterate.last` the end may be filled in where it is said. */
function isMadeUp(code: string, text: string): boolean {
  const start = code.slice(0, code.lastIndexOf('.') + 1);
  return text.includes(`\`${start}\${`);
}

/** Where its text stands in the code, whatever is filled in. */
function isWritten(code: string, text: string): boolean {
  const template: string = ENGLISH[code as keyof typeof ENGLISH];
  return template.split(/\{\w+\}/).every((piece) => text.includes(piece));
}
