import { readSentence, readWarning } from '../../shared/read-sentence.ts';
import type { Warning } from '../../shared/results.ts';
import { useSentence } from './use-sentence.ts';

/** Texts that the application kept or sent in English, in the window's language where it knows them. */
export function useText() {
  const say = useSentence();
  const read =
    (...starts: string[]) =>
    (text: string): string => {
      for (const start of starts) {
        const sentence = readSentence(text, start);
        if (sentence) return say(sentence);
      }
      return text;
    };
  return {
    stage: read('stage'),
    detail: read('detail'),
    title: read('title'),
    status: read('status', 'warning.stopped-early'),
    problem: read('problem'),
    change: read('change'),
    blocked: read('blocked'),
    caution: read('caution'),
    note: read('note'),
    warning(warning: Warning): string {
      const sentence = readWarning(warning);
      return sentence ? say(sentence) : warning.message;
    },
  };
}
