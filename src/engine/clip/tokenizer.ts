import { readFile } from 'node:fs/promises';
import { Tokenizer } from '@huggingface/tokenizers';
import { FaptError } from '../../shared/errors.ts';
import { openAiTokenizerJson } from './openai-tokenizer.ts';
import { companionFile } from './weight-files.ts';

export type ClipTokenizer = {
  /** Where the vocabulary came from. */
  source: string;
  startId: number;
  endId: number;
  /** Ids with start and end; lower-casing and white space as in CLIP's own tokenizer. */
  encode(text: string): number[];
  /** The vocabulary piece of each id. */
  pieces(ids: number[]): string[];
};

/**
 * The tokenizer beside the weights (`tokenizer.json`), else CLIP's own vocabulary.
 *
 * @param path folder or file of the weights
 * @param vocabularySize rows of the token embedding, which the ids must fit
 * @throws FaptError `tokenizer-foreign` where the vocabulary does not fit the weights
 */
export async function loadTokenizer(path: string, vocabularySize: number): Promise<ClipTokenizer> {
  const file = await companionFile(path, 'tokenizer.json');
  if (file) return fromJson(await parse(file), file, vocabularySize);
  return fromJson(openAiTokenizerJson(), "CLIP's own vocabulary", vocabularySize);
}

async function parse(file: string): Promise<object> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as object;
  } catch (cause) {
    throw new FaptError('tokenizer-damaged', `${file} is not valid JSON: fetch it again.`, {
      cause,
    });
  }
}

function fromJson(json: object, source: string, vocabularySize: number): ClipTokenizer {
  const tokenizer = new Tokenizer(json, {});
  const idOf = (token: string) => {
    const id = tokenizer.token_to_id(token);
    if (id !== undefined && id < vocabularySize) return id;
    throw new FaptError(
      'tokenizer-foreign',
      `${source} does not fit the weights: "${token}" has id ${id ?? 'none'} and the model knows ${vocabularySize} tokens; put the model's own tokenizer.json beside its weights.`,
    );
  };
  return {
    source,
    startId: idOf('<|startoftext|>'),
    endId: idOf('<|endoftext|>'),
    encode: (text) => tokenizer.encode(text).ids,
    pieces: (ids) => ids.map((id) => tokenizer.id_to_token(id) ?? `#${id}`),
  };
}
