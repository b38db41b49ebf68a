import { createReadStream } from 'node:fs';
import { Tokenizer, TokenParser, TokenType } from '@streamparser/json';
import { FaptError } from '../../../shared/errors.ts';
import type { SplitName } from '../../store/datasets.ts';
import { decodeText, encodingOf } from '../decode-text.ts';
import { parseJson } from '../parse-json.ts';
import { SPLITS } from '../split.ts';
import { readBytes } from './read-bytes.ts';

/** What stands at the top of a split file: its three lists, if they are lists, and in which order. */
export type SplitOutline = { isObject: boolean; lists: SplitName[]; noLists: SplitName[] };

type Token = { token: TokenType; value: unknown };
type OnEntry = (split: SplitName, index: number, entry: unknown) => void;

const CHUNK_BYTES = 1 << 20;

/**
 * Reads the lists of a split file entry by entry: ImageNet's has a million of them, and the whole of it
 * would be held in memory several times over. Throws `file-missing`, `text-encoding`, `json-broken`.
 */
export async function streamSplit(
  file: string,
  onEntry: OnEntry,
  signal?: AbortSignal,
): Promise<SplitOutline> {
  const outline: SplitOutline = { isObject: false, lists: [], noLists: [] };
  const watch = watchTop(outline);
  const tokenizer = new Tokenizer();
  const parser = new TokenParser({ paths: SPLITS.map((name) => `$.${name}.*`), keepStack: false });
  tokenizer.onToken = (token) => {
    watch(token);
    parser.write(token);
  };
  parser.onValue = ({ value, key, stack }) => {
    if (typeof key === 'number') onEntry(stack[1]?.key as SplitName, key, value);
  };
  try {
    for await (const text of textOf(file, signal)) tokenizer.write(text);
  } catch (error) {
    if (error instanceof FaptError || signal?.aborted) throw error;
    throw brokenJson(file, error);
  }
  if (!parser.isEnded) throw brokenJson(file, null);
  return outline;
}

/** Notes what the lists are, and whether they stand in an object. */
function watchTop(outline: SplitOutline): (token: Token) => void {
  let depth = 0;
  let text = '';
  let isValue = true;
  return ({ token, value }) => {
    if (isValue && depth === 0) outline.isObject = token === TokenType.LEFT_BRACE;
    if (isValue && depth === 1) {
      const name = SPLITS.find((split) => split === text);
      const kind = token === TokenType.LEFT_BRACKET ? outline.lists : outline.noLists;
      if (name) kind.push(name);
    }
    if (depth === 1 && token === TokenType.STRING) text = String(value);
    isValue = depth === 1 && token === TokenType.COLON;
    if (token === TokenType.LEFT_BRACE || token === TokenType.LEFT_BRACKET) depth += 1;
    if (token === TokenType.RIGHT_BRACE || token === TokenType.RIGHT_BRACKET) depth -= 1;
  };
}

/** The file's text piece by piece, whatever its encoding (see `decodeText`). */
async function* textOf(file: string, signal: AbortSignal | undefined): AsyncGenerator<string> {
  let decoder: TextDecoder | null = null;
  for await (const chunk of createReadStream(file, { highWaterMark: CHUNK_BYTES })) {
    signal?.throwIfAborted();
    decoder ??= new TextDecoder(encodingOf(chunk), { fatal: true });
    yield decoder.decode(chunk, { stream: true });
  }
  yield decoder?.decode() ?? '';
}

/** The same fault, found again in the whole text, where its line and column can be told. */
function brokenJson(file: string, cause: unknown): unknown {
  try {
    parseJson(decodeText(readBytes(file), file), file);
  } catch (error) {
    return error;
  }
  const message = `${file} is not valid JSON; correct it or get the file again.`;
  return new FaptError('json-broken', message, { cause });
}
