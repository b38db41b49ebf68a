import { z } from 'zod';
import { describeAttack, type EvaluationAttack, evaluationAttackSchema } from './attack.ts';
import { ENGLISH } from './sentences/english.ts';

export type SentenceCode = keyof typeof ENGLISH;

/** What is filled in: a name or number, a protocol, a part that is itself a sentence, or several. */
export type SentenceParam =
  | string
  | number
  | { attack: EvaluationAttack }
  | Sentence
  | readonly Sentence[];

/** Something the application says: which sentence, what is filled in, and both together in English. */
export type Sentence = {
  code: string;
  params: Record<string, SentenceParam>;
  message: string;
};

const paramSchema: z.ZodType<SentenceParam> = z.lazy(() =>
  z.union([
    z.string(),
    z.number(),
    z.strictObject({ attack: evaluationAttackSchema }),
    sentenceSchema,
    z.array(sentenceSchema),
  ]),
);
export const sentenceSchema: z.ZodType<Sentence> = z.strictObject({
  code: z.string(),
  params: z.record(z.string(), paramSchema),
  message: z.string(),
});

/** The names between braces. */
type Names<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Names<Rest>
  : never;
/** What a sentence wants filled in; nothing where it has no braces. */
type Filled<Code extends SentenceCode> =
  Names<(typeof ENGLISH)[Code]> extends never
    ? []
    : [Record<Names<(typeof ENGLISH)[Code]>, SentenceParam>];

/** The sentence of a code; what it wants filled in is checked where it is written. */
export function sentence<Code extends SentenceCode>(
  code: Code,
  ...[params]: Filled<Code>
): Sentence {
  const given: Record<string, SentenceParam> = { ...params };
  return { code, params: given, message: fillIn(ENGLISH[code], given, IN_ENGLISH) };
}

/** The same in English, for what is kept or sent as text; `readSentence` finds what was filled in. */
export function say<Code extends SentenceCode>(code: Code, ...params: Filled<Code>): string {
  return sentence(code, ...params).message;
}

/** How a language says the parts of a sentence. */
export type Words = {
  /** A name or number, by what it is filled in as. */
  name(name: string, as: string): string;
  attack(attack: EvaluationAttack): string;
  sentence(sentence: Sentence): string;
  /** Between several. */
  separator: string;
};

const IN_ENGLISH: Words = {
  name: (name) => name,
  attack: describeAttack,
  sentence: ({ message }) => message,
  separator: '; ',
};

/** A template with everything filled in, in the words of one language. */
export function fillIn(template: string, params: Sentence['params'], words: Words): string {
  return template.replace(/\{(\w+)\}/g, (_, name: string) =>
    textOf(params[name] ?? '', name, words),
  );
}

function textOf(param: SentenceParam, as: string, words: Words): string {
  if (typeof param !== 'object') return words.name(String(param), as);
  if ('attack' in param) return words.attack(param.attack);
  if ('code' in param) return words.sentence(param);
  return param.map(words.sentence).join(words.separator);
}
