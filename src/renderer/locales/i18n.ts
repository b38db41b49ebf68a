import { createI18n } from 'vue-i18n';
import { type Language, pickLanguage } from './languages.ts';
import { type Messages, messagesOf } from './messages.ts';
import { storedLanguage } from './use-language.ts';

export const i18n = createI18n<Messages, Language, false>({
  legacy: false,
  locale: pickLanguage(storedLanguage(), navigator.languages),
  fallbackLocale: 'en',
  messages: { en: messagesOf('en'), 'zh-CN': messagesOf('zh-CN') },
});
