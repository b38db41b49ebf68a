import { createI18n } from 'vue-i18n';
import { pickLanguage } from './languages.ts';
import { messagesOf } from './messages.ts';
import { storedLanguage } from './use-language.ts';

export const i18n = createI18n({
  legacy: false,
  locale: pickLanguage(storedLanguage(), navigator.languages),
  fallbackLocale: 'en',
  messages: { en: messagesOf('en'), 'zh-CN': messagesOf('zh-CN') },
});
