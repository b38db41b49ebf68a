import { useI18n } from 'vue-i18n';
import type { EvaluationAttack } from '../../shared/attack.ts';
import { METHODS } from '../../shared/method-catalogue.ts';
import { fillIn, type Sentence } from '../../shared/sentence.ts';
import { protocolPhrases } from '../format/protocol.ts';
import { readProtocol } from '../format/read-protocol.ts';
import chinese from './sentences.zh-CN.json' with { type: 'json' };
import { useCatalogueText } from './use-catalogue-text.ts';

const CHINESE: Record<string, string> = chinese;
const TITLES = new Map(Object.entries(METHODS).map(([method, { title }]) => [method, title]));
const TITLE_SET = new Set(TITLES.values());

/**
 * What the application says, in the window's language. It comes in English, with what it is made from;
 * a sentence that Chinese does not know stays English.
 */
export function useSentence(): (sentence: Sentence) => string {
  const { locale, t } = useI18n({ useScope: 'global' });
  const catalogue = useCatalogueText();

  function name(text: string, as: string): string {
    if (as === 'attack') return protocol(readProtocol(text));
    const title = as === 'method' ? (TITLES.get(text) ?? text) : text;
    return TITLE_SET.has(title) ? catalogue(title) : title;
  }
  const attack = (asked: EvaluationAttack) => protocol(protocolPhrases(asked, null));
  const protocol = (phrases: ReturnType<typeof readProtocol>) =>
    phrases
      .map((one) => (typeof one === 'string' ? one : t(`protocol.${one.key}`, one.values)))
      .join('，');

  function inChinese({ code, params, message }: Sentence): string {
    const template = CHINESE[code];
    const words = { name, attack, sentence: inChinese, separator: '；' };
    return template === undefined ? message : fillIn(template, params, words);
  }
  return (sentence) => (locale.value === 'zh-CN' ? inChinese(sentence) : sentence.message);
}
