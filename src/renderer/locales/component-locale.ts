import { en, zh_cn } from '@nuxt/ui/locale';

/** The words inside the component library's own parts. */
export function componentLocale(language: string): typeof en {
  return language === 'zh-CN' ? zh_cn : en;
}
