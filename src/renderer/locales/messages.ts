import type { Language } from './languages.ts';

/** Texts by name, in as many levels as a file has. */
export type Messages = { [name: string]: string | Messages };

const files: Record<Language, Record<string, Messages>> = {
  en: import.meta.glob<Messages>('./en/*.json', { eager: true, import: 'default' }),
  'zh-CN': import.meta.glob<Messages>('./zh-CN/*.json', { eager: true, import: 'default' }),
};

/** Every string of a language: `runs.title` stands in `runs.json` as `title`. */
export function messagesOf(language: Language): Messages {
  return Object.fromEntries(
    Object.entries(files[language]).map(([path, messages]) => [areaOf(path), messages]),
  );
}

function areaOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1, -'.json'.length);
}
