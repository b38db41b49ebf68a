/** The languages of the window, in the order of the setting. */
export const LANGUAGES = ['en', 'zh-CN'] as const;
export type Language = (typeof LANGUAGES)[number];

/** What a person chose; `system` follows the operating system. */
export type LanguageChoice = Language | 'system';

/** The first language of the system's list that we speak; English where there is none. */
export function pickLanguage(choice: LanguageChoice, system: readonly string[]): Language {
  if (choice !== 'system') return choice;
  for (const tag of system) {
    const language = tag.toLowerCase();
    if (language.startsWith('zh')) return 'zh-CN';
    if (language.startsWith('en')) return 'en';
  }
  return 'en';
}
