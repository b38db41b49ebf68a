import type { PreviewPromptsJob, PromptPreview } from '../../shared/engine-rpc.ts';
import { loadTokenizer } from '../clip/tokenizer.ts';
import { methodOf } from '../methods/registry.ts';
import { handTexts, learnedTexts } from './class-texts.ts';
import { learnsText } from './learners.ts';

/**
 * The text of every class as the text tower gets it, token by token, with the learned words marked;
 * loads no weights. A text that is too long is told, not refused.
 */
export async function previewPrompts(job: PreviewPromptsJob): Promise<PromptPreview> {
  const { model, task, method, prompts, vocabularySize, contextLength } = job;
  const tokenizer = await loadTokenizer(model.path, vocabularySize);
  const words = learnsText(methodOf(method).prompts);
  const { rows, texts, places } = words
    ? learnedTexts(task, prompts, tokenizer, Number.POSITIVE_INFINITY)
    : handTexts(task, prompts.template, tokenizer, Number.POSITIVE_INFINITY);
  const atHead = Array.from({ length: words ? prompts.contextLength : 0 }, (_, word) => 1 + word);
  return {
    tokenizer: tokenizer.source,
    contextLength,
    learned: words ? prompts.contextLength : 0,
    classes: rows.map((row, label) => {
      const learned = places?.[label] ?? atHead;
      const pieces = tokenizer.pieces(row).map((piece) => piece.replace('</w>', ''));
      for (const [word, at] of learned.entries()) pieces[at] = `[${word + 1}]`;
      return {
        label,
        name: task.classNames[label] as string,
        text: texts[label] as string,
        ids: row,
        tokens: pieces,
        tooLong: row.length > contextLength,
      };
    }),
  };
}
