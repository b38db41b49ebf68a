import type { Task } from '../../shared/engine-contract.ts';
import { FaptError } from '../../shared/errors.ts';
import type { RunConfig } from '../../shared/run-config.ts';
import type { ClipTokenizer } from '../clip/tokenizer.ts';

/** Published code starts a context from words only up to this length, and at random beyond (methods 3.1). */
const LONGEST_WORD_CONTEXT = 4;
/** Prefixes of learned prompts; as published it is the dataset's template. */
const PREFIXES: Partial<Record<RunConfig['prompts']['template'], string>> = {
  clean: 'a photo of a',
  tecoa: 'This is a photo of a',
};

export type ClassTexts = {
  /** Token ids a class. */
  rows: number[][];
  texts: string[];
  /** Ids of the words the learned context starts from; null for a random start or no context. */
  initialWords: number[] | null;
  /** Positions of the learned words in each row where they do not stand at the head; else null. */
  places: number[][] | null;
};

/** `name = classname.replace("_", " ")`, nothing else (methods 1.2). */
function displayName(className: string): string {
  return className.replaceAll('_', ' ');
}

/** TeCoA's own text (methods 3.4): names in lower case, with spaces for "_", "-" and "/". */
function tecoaText(className: string): string {
  return `This is a photo of a ${className.toLowerCase().replaceAll(/[_\-/]/g, ' ')}`;
}

/** Hand prompts: the dataset's template filled with each name, or TeCoA's. */
export function handTexts(
  task: Task,
  template: RunConfig['prompts']['template'],
  tokenizer: ClipTokenizer,
  contextLength: number,
): ClassTexts {
  if (template === 'tecoa') {
    const texts = task.classNames.map(tecoaText);
    return { ...tokenize(texts, task, tokenizer, contextLength), initialWords: null, places: null };
  }
  const parts = task.template.split('{}');
  if (parts.length !== 2) {
    throw new FaptError(
      'template-invalid',
      `The template "${task.template}" must hold exactly one "{}" for the class name: correct it.`,
    );
  }
  const texts = task.classNames.map((name) => parts.join(displayName(name)));
  return { ...tokenize(texts, task, tokenizer, contextLength), initialWords: null, places: null };
}

/**
 * Texts for a learned context: prefix + " " + name + ".". As published, the prefix of AdvMaPLe, FAP and
 * CBA-FAPT is the dataset's template with its "{}" left in (methods 3.7); the clean one is "a photo of a".
 *
 * @param modelLength positions the text tower has
 */
export function learnedTexts(
  task: Task,
  { contextLength, template, classSpecific, classPosition }: RunConfig['prompts'],
  tokenizer: ClipTokenizer,
  modelLength: number,
): ClassTexts {
  const words = PREFIXES[template] ?? task.template;
  const random = contextLength > LONGEST_WORD_CONTEXT;
  const prefix = random ? Array.from({ length: contextLength }, () => 'X').join(' ') : words;
  const texts = task.classNames.map((name) => `${prefix} ${displayName(name)}.`);
  const { rows } = tokenize(texts, task, tokenizer, modelLength);
  const initialWords = random ? null : firstWords(prefix, contextLength, tokenizer);
  if (classPosition === 'end' && !classSpecific) return { rows, texts, initialWords, places: null };
  const moved = rows.map((row, index) => {
    const name = displayName(task.classNames[index] as string);
    const nameLength = tokenizer.encode(name).length - 2;
    return moveName(row, contextLength, nameLength, classPosition);
  });
  return {
    rows: moved.map(({ row }) => row),
    texts,
    initialWords,
    places: moved.map(({ places }) => places),
  };
}

function firstWords(prefix: string, contextLength: number, tokenizer: ClipTokenizer): number[] {
  const words = tokenizer.encode(prefix).slice(1, 1 + contextLength);
  if (words.length === contextLength && !words.includes(tokenizer.endId)) return words;
  throw new FaptError(
    'context-too-long',
    `The prompt "${prefix}" has fewer than ${contextLength} words to start a learned context from: set prompts.contextLength lower.`,
  );
}

/**
 * [start][context][name][rest] with the name in the middle of the context or before it (CoOp; methods
 * 3.3), and the places where the context's words then stand.
 */
function moveName(
  row: number[],
  contextLength: number,
  nameLength: number,
  position: RunConfig['prompts']['classPosition'],
): { row: number[]; places: number[] } {
  const before = { end: contextLength, middle: Math.floor(contextLength / 2), front: 0 }[position];
  const [start, ...others] = row as [number, ...number[]];
  const context = others.slice(0, contextLength);
  const name = others.slice(contextLength, contextLength + nameLength);
  const rest = others.slice(contextLength + nameLength);
  const places = context.map((_, word) => 1 + word + (word < before ? 0 : nameLength));
  return {
    row: [start, ...context.slice(0, before), ...name, ...context.slice(before), ...rest],
    places,
  };
}

function tokenize(texts: string[], task: Task, tokenizer: ClipTokenizer, modelLength: number) {
  const rows = texts.map((text) => tokenizer.encode(text));
  for (const [index, row] of rows.entries()) {
    if (row.length > modelLength) {
      throw new FaptError(
        'text-too-long',
        `The text of class "${task.classNames[index]}" has ${row.length} tokens, and the model takes ${modelLength} with start and end: shorten the name or the template.`,
      );
    }
  }
  return { rows, texts };
}

/** A text with its learned tokens as [1] [2] ..., the way the tower sees it. */
export function previewText(
  row: number[],
  tokenizer: ClipTokenizer,
  contextLength: number,
): string {
  return tokenizer
    .pieces(row)
    .map((piece, i) => (i >= 1 && i <= contextLength ? `[${i}]` : piece.replace('</w>', '')))
    .join(' ');
}
