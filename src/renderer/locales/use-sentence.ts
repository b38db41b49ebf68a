import { useI18n } from 'vue-i18n';
import type { EvaluationAttack } from '../../shared/attack.ts';
import { METHODS } from '../../shared/method-catalogue.ts';
import { fillIn, type Sentence } from '../../shared/sentence.ts';
import { protocolPhrases } from '../format/protocol.ts';
import chinese from './sentences.zh-CN.json' with { type: 'json' };
import { useCatalogueText } from './use-catalogue-text.ts';

const CHINESE: Record<string, string> = chinese;
const METHOD_TITLES = new Set(Object.values(METHODS).map(({ title }) => title));

/**
 * What the application says, in the window's language. It comes in English, with what it is made from;
 * a sentence that Chinese does not know stays English.
 */
export function useSentence(): (sentence: Sentence) => string {
  const { locale, t } = useI18n({ useScope: 'global' });
  const catalogue = useCatalogueText();
  const name = (text: string) => (METHOD_TITLES.has(text) ? catalogue(text) : text);
  const attack = (asked: EvaluationAttack) =>
    protocolPhrases(asked, null)
      .map(({ key, values }) => t(`protocol.${key}`, values))
      .join('，');
  const inChinese = ({ code, params, message }: Sentence): string => {
    const template = CHINESE[code];
    const words = { name, attack, sentence: inChinese, separator: '；' };
    return template === undefined ? message : fillIn(template, params, words);
  };
  return (sentence) => (locale.value === 'zh-CN' ? inChinese(sentence) : sentence.message);
}
