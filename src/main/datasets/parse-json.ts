import { FaptError } from '../../shared/errors.ts';

/** Throws `json-broken` with the line and column of the first fault. */
export function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const offset = jsonFault(text);
    const before = text.slice(0, offset).split('\n');
    const column = (before.at(-1)?.length ?? 0) + 1;
    const end = offset >= text.length ? ', where the file ends too early' : '';
    throw new FaptError(
      'json-broken',
      `${file} is not valid JSON: the fault is in line ${before.length}, column ${column}${end}; correct it or get the file again.`,
      { cause },
    );
  }
}

// A string's own characters are all from the space up but the quote and the backslash.
const TOKEN =
  /[ \t\n\r]*(?:([{}[\]:,])|("(?:[ !#-[\]-\uffff]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null))/y;
const SPACE = /[ \t\n\r]*/y;

type Expected = 'value' | 'value-or-end' | 'key' | 'key-or-end' | 'colon' | 'comma-or-end' | 'done';

/**
 * Offset of the first character that cannot be part of a JSON text; the text's length where it
 * only ends too early. (JSON.parse does not tell the place of every fault.)
 */
export function jsonFault(text: string): number {
  const open: ('{' | '[')[] = [];
  let expected: Expected = 'value';
  let offset = 0;
  for (;;) {
    TOKEN.lastIndex = offset;
    const match = TOKEN.exec(text);
    if (match === null || expected === 'done') return skipSpace(text, offset);
    const next = follow(expected, match[1] ?? '', match[2] ?? '', open);
    if (next === null) return skipSpace(text, offset);
    expected = next;
    offset = TOKEN.lastIndex;
  }
}

/** What may come after this token, or null where the token may not come here. */
function follow(
  expected: Expected,
  sign: string,
  literal: string,
  open: ('{' | '[')[],
): Expected | null {
  const closes = (sign === '}' && open.at(-1) === '{') || (sign === ']' && open.at(-1) === '[');
  if (closes && expected.endsWith('-or-end')) {
    open.pop();
    return open.length === 0 ? 'done' : 'comma-or-end';
  }
  if (expected === 'colon') return sign === ':' ? 'value' : null;
  if (expected === 'comma-or-end') {
    if (sign !== ',') return null;
    return open.at(-1) === '{' ? 'key' : 'value';
  }
  if (expected.startsWith('key')) return literal.startsWith('"') ? 'colon' : null;
  if (literal !== '') return open.length === 0 ? 'done' : 'comma-or-end';
  if (sign !== '{' && sign !== '[') return null;
  open.push(sign);
  return sign === '{' ? 'key-or-end' : 'value-or-end';
}

function skipSpace(text: string, offset: number): number {
  SPACE.lastIndex = offset;
  SPACE.exec(text);
  return SPACE.lastIndex;
}
