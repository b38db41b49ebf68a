import { useI18n } from 'vue-i18n';
import chinese from './catalogue.zh-CN.json' with { type: 'json' };

const CHINESE: Record<string, string> = chinese;

/**
 * Titles and sentences of the method catalogue, which every part of the application shares, and what
 * is told of the paper and of the bundled datasets, in the window's language. English is their own; a
 * test finds what Chinese lacks.
 */
export function useCatalogueText(): (english: string) => string {
  const { locale } = useI18n({ useScope: 'global' });
  return (english) => (locale.value === 'zh-CN' ? (CHINESE[english] ?? english) : english);
}
